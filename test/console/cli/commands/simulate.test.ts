import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const RETAIL = fileURLToPath(new URL("../../../../events/examples/definitions/retail", import.meta.url));
const CART = join(RETAIL, "journeys/cart-rescue.yaml");

const ANN = `
identifiers: { email: ann@example.com }
traits: { firstName: Ann }
consent: { marketing.email: true }
orders: [{ ago: 40d, revenue: 25 }]
`;
const OPTIONS = ["--start", "2026-03-10T12:00:00Z", "--ignore-holdout", "--with", RETAIL];

async function simulate(...argv: string[]) {
  using folder = temporaryFolder({ "ann.yaml": ANN });
  const harness = makeAdminHarness();
  await using server = await serveHarness(harness);
  const profile = argv.includes("--profile-of-ann") ? ["--profile", join(folder.path, "ann.yaml")] : [];
  const rest = argv.filter((argument) => argument !== "--profile-of-ann");
  const ran = await runStrata(["simulate", ...rest, ...profile, "--url", server.url]);
  return { ...ran, version: (await harness.ports.definitions.current()).version };
}

test("a journey of a file that is not in force is told as a timeline, with the message", async () => {
  const { stdout, exitCode, version } = await simulate(
    CART,
    "--profile-of-ann",
    ...OPTIONS,
    "--arm",
    "coupon",
    "--trigger",
    '{"name": "Red mug"}',
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "cart-rescue  not in force
    for email:ann@example.com (invented), times in Europe/London

    Tue 10 March 2026
      12:00  ▶ enters: Product Added  not among the 10 % held out
      12:00  ◷ waits for Order Completed, until 10 Mar, 13:00
      13:00  ◶ Order Completed has not come
      13:00  ⑂ rescue-offer: coupon  as asked; their own is free-shipping
             coupon 33 %, free-shipping 33 %, reminder 34 %
      13:00  ✉ cart-rescue by email, marketing: would be sent
             ✔ person: there
             ✔ address: ann@example.com
             ✔ suppressions: the address is not suppressed
             ✔ consent: granted on 2026-03-09
             ✔ control group: there is none
             ✔ quiet hours: 13:00 in Europe/London is outside 21:00–08:00
             ✔ caps: 0 lately; at most 2 in 7d
             ┌ as rendered, in en
             │ subject  Still thinking about Red mug?
             │ Hello Ann,
             │ Red mug is still in your cart.
             │ 10 % off with the code COMEBACK10.
             │ Go to your cart <https://shop.example/cart?from=coupon>
             │ You get this because you asked the UK gift shop for offers. Change what you get <https://preferences.invalid/> or unsubscribe <https://unsubscribe.invalid/>.
      13:00  ■ ends: finished

    finished, 1 of 1 message sent
    Nothing was sent or written.
    "
  `);
  expect(version).toBe(0);
});

test("what the person does on the way is woven in", async () => {
  const { stdout } = await simulate(
    CART,
    "--profile-of-ann",
    ...OPTIONS,
    "--event",
    "Order Completed",
    "--after",
    "30m",
  );
  expect(stdout).toMatch(
    /12:30 {2}● Order Completed\n {2}12:30 {2}★ goal reached: Order Completed\n {2}12:30 {2}■ ends: goal/,
  );
});

test("--json is the answer of the API", async () => {
  const { stdout } = await simulate(CART, "--profile-of-ann", ...OPTIONS, "--json");
  expect(JSON.parse(stdout)).toMatchObject({ journey: "cart-rescue", invented: true, outcome: "finished" });
});

test("faults are told with their file and line, and what is missing is asked for", async () => {
  using bad = temporaryFolder({
    "j.yaml": readFileSync(CART, "utf8").replace("template: cart-rescue", "template: gone"),
  });
  const faulty = await simulate(join(bad.path, "j.yaml"), "--profile-of-ann", ...OPTIONS);
  expect(faulty.stderr).toMatch(/j\.yaml:\d+ .*there is no template gone/);
  expect(await simulate(CART, ...OPTIONS)).toMatchObject({ exitCode: 2 });
  expect(await simulate(CART, "--profile-of-ann", ...OPTIONS, "--event", "A")).toMatchObject({ exitCode: 2 });
});

test("why a message takes one of several channels is told with what the person opens", async () => {
  const journey = `
kind: journey
name: offer
trigger: { event: Product Viewed }
steps:
  - send: { channel: [email, inapp], prefer: person, template: offer, category: marketing }
---
kind: template
name: offer-email
channel: email
category: marketing
locales: { en: { subject: An offer, body: "<p>Only today</p>" } }
---
kind: template
name: offer
channel: inapp
category: marketing
locales: { en: { title: An offer, body: Only today } }
`;
  const ann = `
identifiers: { email: ann@example.com }
consent: { marketing.*: true }
events:
  - { event: Message Sent, ago: 5d, properties: { channel: email, touchId: a } }
  - { event: Message Sent, ago: 4d, properties: { channel: inapp, touchId: b } }
  - { event: In-App Dismissed, ago: 4d, properties: { touchId: b } }
`;
  using folder = temporaryFolder({ "offer.yaml": journey, "ann.yaml": ann });
  await using server = await serveHarness(makeAdminHarness());
  const files = [join(folder.path, "offer.yaml"), "--profile", join(folder.path, "ann.yaml")];
  const { stdout } = await runStrata(["simulate", ...files, "--url", server.url, "--start", "2026-03-10T12:00:00Z"]);
  expect(stdout).toContain("✉ offer by inapp, marketing: would be sent");
  expect(stdout).toContain(
    "takes inapp, whose messages this person opens most: email 0 of 1 opened, lower_open_rate; inapp 1 of 1 opened",
  );
});
