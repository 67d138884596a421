import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { anEvent, aPerson, NOON } from "../../../support/people.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const FILE = `
kind: template
name: cart
channel: email
category: marketing
locales:
  en:
    subject: "{{ person.traits.name }}, your cart"
    body: |
      <p>Hello {{ arm | default: "you" }}</p>{% render "foot" %}
  zh:
    subject: "{{ person.traits.name }},您的购物车"
    body: "<p>{{ person.traits.nick }}</p>"
sample: { person: { traits: { name: Sam } } }
---
kind: template
name: foot
channel: partial
locales: { en: { body: '<a href="https://shop.example/">Shop</a>' } }
`;

async function serve() {
  const harness = makeAdminHarness();
  const { ports } = harness;
  const person = aPerson("ann", { version: 0 });
  const event = anEvent("m1", { event: "Signed Up", traits: { name: "王芳", language: "zh" } });
  const { state } = foldEvents(person.state, [event], { byEvent: new Map(), byId: new Map() });
  const email = "email:ann@example.com" as IdentifierKey;
  await ports.profiles.save({ ...person, version: 1, state: { ...state, identifiers: new Map([[email, NOON]]) } });
  await ports.identities.claim(email, person.id);
  return { harness, server: await serveHarness(harness) };
}

test("the templates of a file are shown as they would be, and nothing is written", async () => {
  using folder = temporaryFolder({ "cart.yaml": FILE });
  const { harness, server } = await serve();
  await using _ = server;
  const file = join(folder.path, "cart.yaml");
  const { stdout, exitCode } = await runStrata(["template", "preview", file, "--arm", "coupon", "--url", server.url]);
  expect(exitCode).toBe(0);
  expect(stdout.trimEnd().split("\n")).toEqual([
    "cart  email  en  (also zh)",
    "  subject  Sam, your cart",
    '  html  <p>Hello coupon</p><a href="https://shop.example/">Shop</a>',
    "  text",
    "    Hello coupon",
    "    ",
    "    Shop <https://shop.example/>",
    "  link  https://shop.example/",
    "! the mail shows no way to unsubscribe: {{ links.unsubscribe }} or {{ links.preferences }}",
  ]);
  expect(harness.ports.definitions.commits()).toBe(0);
});

test("a template in force is shown to a person in their language; what is missing makes the command fail", async () => {
  const { harness, server } = await serve();
  await using _ = server;
  const [cart] = [
    {
      kind: "template",
      name: "cart",
      channel: "sms",
      category: "marketing",
      locales: { en: { body: "x" }, zh: { body: "{{ person.traits.name }} {{ person.traits.nick }}" } },
    },
  ];
  await harness.define(cart as { kind: string; name: string });
  const { stdout, exitCode } = await runStrata([
    "template",
    "preview",
    "cart",
    "--person",
    "email:ann@example.com",
    "--url",
    server.url,
  ]);
  expect(stdout).toContain("  text  王芳");
  expect(stdout).toContain("✘ person.traits.nick is missing, and has no default");
  expect(exitCode).toBe(1);
});

test("the HTML goes to a file, where there is some", async () => {
  using folder = temporaryFolder({ "cart.yaml": FILE });
  const { server } = await serve();
  await using _ = server;
  const [file, out] = [join(folder.path, "cart.yaml"), join(folder.path, "cart.html")];
  const { stderr, stdout } = await runStrata([
    "template",
    "preview",
    file,
    "--out",
    out,
    "--json",
    "--url",
    server.url,
  ]);
  expect(readFileSync(out, "utf8")).toBe('<p>Hello you</p><a href="https://shop.example/">Shop</a>');
  expect(stderr).toContain("HTML written to");
  expect(JSON.parse(stdout)).toMatchObject({ template: "cart", message: { channel: "email" } });
});

test("faults of a file are told with its lines", async () => {
  using folder = temporaryFolder({ "cart.yaml": FILE.replace('{% render "foot" %}', "{% if %}") });
  const { server } = await serve();
  await using _ = server;
  const { stderr, exitCode } = await runStrata([
    "template",
    "preview",
    join(folder.path, "cart.yaml"),
    "--url",
    server.url,
  ]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/cart\.yaml:9 .*template\/cart locales\.en\.body/);
});

test.each([
  [["template", "send", "cart"], "There is no send of a template."],
  [["template", "preview", "cart", "--person", "ann"], "Not an identifier: ann"],
  [["template", "test", "cart"], "Where to?"],
  [["template", "test", "cart.yaml", "--to", "me@example.com"], "of one in force, by its name"],
  [["template", "preview", "cart", "--to", "me@example.com"], "belong to template test"],
])("%j is a mistake of the command line", async (argv, message) => {
  const { exitCode, stderr } = await runStrata(argv);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)]);
});
