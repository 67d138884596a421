import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalStack, startLocalStack } from "../../support/local-stack.ts";
import { runStrata } from "./run-strata.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const FIXTURE = fileURLToPath(new URL("../../fixtures/online-retail-sample-totals.json", import.meta.url));
const counted = JSON.parse(readFileSync(FIXTURE, "utf8")) as Record<string, number>;

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack?.stop());

/** Runs a command against the stack and reads its JSON. */
async function strata(...argv: string[]) {
  const ran = await runStrata([...argv, "--json"], { env: { dataDir: stack.dataDir } });
  return { ...ran, json: JSON.parse(ran.stdout) as Record<string, unknown> };
}

const wanted = {
  people: counted.people,
  buyers: counted.buyers,
  orders: counted.orders,
  revenue: { amount: counted.revenueMinor, currency: "GBP" },
  refunds: { count: counted.refunds, amount: { amount: counted.refundsMinor, currency: "GBP" } },
};

test("the demo's totals, read from the profiles, are those counted straight from the CSV", async () => {
  const { exitCode, json } = await strata("demo", "--no-shift");
  expect(exitCode).toBe(0);
  expect(json).toMatchObject({ shiftWeeks: 0, sent: { refused: 0 }, totals: wanted });
  expect((json.totals as { memberships: unknown }).memberships).toMatchObject({
    "tag:big-spender": counted.buyersOf2000PoundsOrMore,
    "tag:one-time-buyer": counted.buyersWith1Order,
    "tag:recent-buyer": 0,
  });
});

test("loading it again, in other batches too, changes nothing", async () => {
  expect((await strata("demo", "--no-shift")).json).toMatchObject({ sent: null, totals: wanted });
  const sample = fileURLToPath(
    new URL("../../../console/cli/demo/data/online-retail-sample.ndjson.gz", import.meta.url),
  );
  const { json } = await strata("replay", sample, "--source", "store", "--batch", "37");
  expect(json).toMatchObject({ accepted: 2533, refused: 0 });
  await stack.quiet();
  expect((await strata("totals")).json).toMatchObject(wanted);
});

test("the tag table has the members that the profiles say", async () => {
  const { json } = await strata("members", "big-spender", "--limit", "1000");
  expect(json).toMatchObject({ count: { count: counted.buyersOf2000PoundsOrMore, exact: true }, cursor: null });
  expect(json.items).toHaveLength(counted.buyersOf2000PoundsOrMore ?? 0);
});

test("a person is found by customer number, with a reason for each tag", async () => {
  const { json } = await strata("profile", "userId:12754");
  expect(json).toMatchObject({
    identifiers: [{ type: "userId", value: "12754" }],
    traits: { country: { value: "Japan" } },
    why: { "tag:overseas-customer": { holds: true, because: [{ seen: "Japan" }] } },
  });
});

test("a faulty folder changes nothing and is told file and line; a good one is pruned without touching sources", async () => {
  using bad = temporaryFolder({ "t.yaml": "kind: tag\nname: x\nrule:\n  did: { event: A, within: 30 days }\n" });
  const refused = await strata("apply", bad.path);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/t\.yaml:4 {2}tag\/x rule\.did\.within/);
  using good = temporaryFolder({
    "t.yaml": "kind: tag\nname: big-spender\nrule: { orders: { revenue: { atLeast: 1 } } }\n",
  });
  const { exitCode, json } = await strata("apply", good.path, "--prune", "--yes");
  expect(exitCode).toBe(0);
  const kinds = (json.changes as { kind: string; op: string }[])
    .filter(({ op }) => op === "remove")
    .map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(["tag", "trait", "ladder", "journey", "template", "channel"]));
  const sources = (await (await stack.admin("/admin/v1/definitions/source")).json()) as { items: unknown[] };
  expect(sources.items).toHaveLength(9);
});

test("the clock moves", async () => {
  const before = Date.parse(String((await strata("clock")).json.now));
  const after = Date.parse(String((await strata("clock", "+40d")).json.now));
  expect(after - before).toBeGreaterThanOrEqual(40 * 86_400_000);
});
