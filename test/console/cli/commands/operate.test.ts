import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey } from "#domain/profile/state.ts";
import { makeAdminHarness } from "../../../support/admin-harness.ts";
import { anEvent, aPerson, NOON } from "../../../support/people.ts";
import { runStrata } from "../run-strata.ts";
import { serveHarness } from "../serve-harness.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const DAY_MS = 86_400_000;
const orders = (atLeast: number, within = "30d") => ({ orders: { count: { atLeast }, within } });
const DEFINITIONS = [
  { kind: "setting", name: "project", timeZone: "Asia/Shanghai", currency: "CNY" },
  { kind: "source", name: "web", type: "web" },
  { kind: "tag", name: "buyer", title: { en: "Buyer", zh: "买家" }, rule: orders(2) },
  { kind: "tag", name: "quiet", rule: { not: orders(1) } },
  { kind: "tag", name: "taste", value: { top: "category", of: "Product Viewed" } },
  { kind: "segment", name: "win-back", rule: { all: [{ tag: "buyer" }, { not: { tag: "quiet" } }] } },
  { kind: "segment", name: "invited", static: true },
  {
    kind: "ladder",
    name: "value",
    tiers: [{ name: "high", rule: orders(4) }, { name: "middle", rule: orders(2) }, { name: "low" }],
  },
];

const harness = makeAdminHarness();
let server: Awaited<ReturnType<typeof serveHarness>>;
beforeAll(async () => {
  await harness.define(...(DEFINITIONS as { kind: string; name: string }[]));
  const bundle = compileBundle(await harness.ports.definitions.current());
  for (let n = 0; n < 12; n++) {
    const events = Array.from({ length: n % 6 }, (_, i) =>
      anEvent(`o-${n}-${i}`, {
        event: "Order Completed",
        at: NOON - i * DAY_MS,
        day: bundle.calendar.dayOf(NOON - i * DAY_MS),
        order: { kind: "completed", id: `o-${n}-${i}`, amountMinor: 1_000 },
      }),
    );
    events.push(anEvent(`v-${n}`, { properties: { category: "tea" } }));
    const born = aPerson(`n${n}`, { version: 0, filledTo: 1 });
    const key = `userId:u-${n}` as IdentifierKey;
    const state = foldEvents({ ...born.state, identifiers: new Map([[key, NOON]]) }, events, bundle.features).state;
    await harness.ports.profiles.save({ ...nextVersion(born, { state }, NOON, bundle), outbox: [] });
    await harness.ports.identities.claim(key, born.id);
    await harness.ports.activity.append(born.id, events, 400);
  }
  server = await serveHarness(harness);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const strata = (...argv: string[]) => runStrata([...argv, "--url", server.url]);

describe("why", () => {
  test("says in sentences since when, because of what, and until when, in the project's zone", async () => {
    const { stdout, exitCode } = await strata("why", "userId:u-2", "buyer");
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`Buyer / 买家 tag:buyer  definition of version 1
✔ userId u-2 is in it, since 20 November 2026, 20:00, because
    ✔ orders count within 30d: 2 (at least 2)
  Leaves on 19 December 2026, 00:00 unless something happens before; then
    ✘ orders count within 30d: 1 (at least 2): 1 more
  Changes that are known of
    20 November 2026, 20:00  entered
Times are those of Asia/Shanghai.
`);
  });

  test("of what does not hold says what is missing, and by how much", async () => {
    const { stdout } = await strata("why", "userId:u-0", "segment:win-back");
    expect(stdout).toContain("✘ userId u-0 is not in it, because");
    expect(stdout).toContain("✘ tag buyer: no");
    expect(stdout).toContain("✘ tag quiet: yes: must not be so");
    expect((await strata("why", "userId:u-1", "buyer")).stdout).toContain(
      "orders count within 30d: 1 (at least 2): 1 more",
    );
  });

  test("of a ladder says on which tier, and what the next takes", async () => {
    const { stdout } = await strata("why", "userId:u-3", "tier:value");
    expect(stdout).toContain("tier:value=middle");
    expect(stdout).toContain(
      "Stands on middle; the next, high, takes\n    ✘ orders count within 30d: 3 (at least 4): 1 more",
    );
    expect(stdout).toContain("for tier:value=low, unless something happens before");
  });

  test("knows what is by hand, and what has a value", async () => {
    expect((await strata("why", "userId:u-3", "segment:invited")).stdout).toContain("nobody put the person in");
    expect((await strata("why", "userId:u-3", "taste")).stdout).toContain("prefers tea (1); asked for tea");
  });

  test("suggests what was meant by a key that there is not", async () => {
    const ran = await strata("why", "userId:u-3", "byer");
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain("There is nothing called tag:byer.");
    expect(ran.stderr).toContain("Did you mean tag:buyer?");
    const json = await strata("why", "userId:u-3", "byer", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: "membership_unknown", details: { near: ["tag:buyer"] } },
    });
  });

  test("gives a program what the API gives", async () => {
    const { stdout } = await strata("why", "p_n3", "tier:value=high", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ key: "tier:value=high", holds: false, ladder: { tier: "middle" } });
  });
});

describe("preview", () => {
  const FILE = `kind: ladder
name: value
tiers:
  - name: high
    rule: { orders: { count: { atLeast: 3 }, within: 30d } }
  - name: low
---
kind: tag
name: buyer
rule: { orders: { count: { atLeast: 3 }, within: 30d } }
`;

  test("shows figures, the matrix of a ladder, and people with what decides", async () => {
    using folder = temporaryFolder({ "value.yaml": FILE });
    const { stdout, exitCode, stderr } = await strata("preview", `${folder.path}/value.yaml`);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain("12 people, all looked at");
    expect(stdout).toMatch(/~ ladder value\n {4}from \\ to {2}high {2}low {2}middle\n/);
    expect(stdout).toMatch(/ {4}middle {8}2 {4}2 {7}·\n/);
    expect(stdout).toContain("~ tag buyer\n    8 → 6\n    leave 2\n      userId:u-2\n");
    expect(stdout).toContain("✘ orders count within 30d: 2 (at least 3): 1 more");
    expect(stdout).toContain("· segment win-back  unchanged, rests on tag/buyer");
    expect(stdout).toContain("Nothing was written.");
  });

  test("shows the faults of a file where they are written", async () => {
    using folder = temporaryFolder({ "a.yaml": "kind: tag\nname: a\nrule:\n  did:\n    event: x\n    within: 0d\n" });
    const { stderr, exitCode } = await strata("preview", folder.path);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/a\.yaml:6 {2}tag\/a rule\.did\.within: /);
  });

  test("looks at everyone part by part where they are too many for one request", async () => {
    using folder = temporaryFolder({ "value.yaml": FILE });
    const asked: unknown[] = [];
    // A server whose time runs out over everyone at once, half way through.
    const call: typeof harness.call = async (method, path, options) => {
      const answer = await harness.call(method, path, options);
      const body = Buffer.isBuffer(options?.body) ? options.body.toString() : "{}";
      const { part } = JSON.parse(body) as { part?: unknown };
      asked.push(part);
      if (part !== undefined) return answer;
      const population = { seen: 6, people: 12, low: 8, high: 16 };
      return { ...answer, text: JSON.stringify({ ...(answer.body as object), complete: false, population }) };
    };
    await using busy = await serveHarness({ call });
    const { stdout, exitCode, stderr } = await runStrata(["preview", folder.path, "--all", "--url", busy.url]);
    expect(exitCode, stderr).toBe(0);
    expect(asked).toEqual([undefined, ...Array.from({ length: 6 }, (_, index) => ({ index, of: 6 }))]);
    expect(stdout).toContain("12 people, all looked at");
    expect(stdout).toMatch(/ {4}middle {8}2 {4}2 {7}·\n/);
  });

  test("takes a sample or everyone, not both", async () => {
    expect((await strata("preview", "x.yaml", "--sample", "500", "--all")).exitCode).toBe(2);
    expect((await strata("preview", "x.yaml", "--sample", "5")).exitCode).toBe(2);
    expect((await strata("preview", "/nonexistent.yaml", "--all")).exitCode).toBe(1);
  });
});

describe("history and rollback", () => {
  test("a version is found, shown, asked for and gone back to", async () => {
    await harness.define({ kind: "tag", name: "later" }, { kind: "source", name: "kiosk", type: "server" } as never);
    const listed = await strata("history");
    expect(listed.stdout).toMatch(/^2 {2}20 November 2026, 20:00 {2}first-admin\n {4}tag\/later {2}source\/kiosk\n1 /);
    const refused = await strata("rollback", "1");
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stdout).toContain("- tag later");
    expect(refused.stderr).toContain("there is nobody to ask");
    expect((await strata("rollback", "1", "--dry-run")).stdout).toContain("Dry run: nothing was changed.");
    expect(harness.ports.definitions.commits()).toBe(2);
    const done = await strata("rollback", "1", "--yes");
    expect(done.stdout).toContain("source kiosk: made since version 1 and kept, with its write key");
    expect(done.stdout).toContain("Version 3 is in force, and says what version 1 did: 1 removed.");
    expect((await strata("history", "--limit", "1")).stdout).toContain("rollback to 1");
    expect((await strata("rollback", "1", "--yes")).stdout).toContain("Nothing to change");
  });

  test("a version that is no number, or that there never was, is refused", async () => {
    expect((await strata("rollback", "x")).exitCode).toBe(2);
    expect((await strata("rollback", "99", "--yes")).stderr).toContain("there was never a version 99");
  });
});
