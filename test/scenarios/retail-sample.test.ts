import { execFile } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import type { ProfileView } from "#events/admin-api/profile-view.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import {
  askForFaults,
  countMembers,
  readFailedEvents,
  readMembers,
  readProfile,
  readTotals,
} from "./administration.ts";
import { sendBatch } from "./collection.ts";

const root = path.resolve(import.meta.dirname, "../..");
const sampleFile = path.join(root, "console/cli/demo/data/online-retail-sample.ndjson.gz");
const definitions = path.join(root, "events/examples/definitions/retail");
/** The day after the sample's last invoice: its windows are not empty then. */
const now = "2011-12-10T00:00:00.000Z";

const Call = z.looseObject({ userId: z.string(), event: z.string().optional(), timestamp: z.iso.datetime() });
const calls = gunzipSync(readFileSync(sampleFile))
  .toString()
  .trim()
  .split("\n")
  .map((line) => Call.parse(JSON.parse(line)));
const customers = [...new Set(calls.map(({ userId }) => userId))].toSorted();

/** Counted in SQL straight from the CSV. */
const counted = z
  .record(z.string(), z.union([z.int(), z.string()]))
  .parse(JSON.parse(readFileSync(new URL("../fixtures/online-retail-sample-totals.json", import.meta.url), "utf8")));
const expectedTotals = {
  people: counted.people,
  buyers: counted.buyers,
  orders: counted.orders,
  revenue: { amount: counted.revenueMinor, currency: "GBP" },
  refunds: { count: counted.refunds, amount: { amount: counted.refundsMinor, currency: "GBP" } },
};

async function strata(stack: LocalStack, ...args: string[]): Promise<string> {
  const { STRATA_URL: _url, STRATA_TOKEN: _token, ...environment } = process.env;
  const env = { ...environment, STRATA_DATA_DIR: stack.dataDir };
  const main = path.join(root, "console/cli/main.ts");
  return (await promisify(execFile)(process.execPath, [main, ...args, "--json"], { cwd: root, env })).stdout;
}

async function startShop(): Promise<LocalStack> {
  const stack = await startLocalStack();
  const moved = await stack.admin("/local/clock", { method: "POST", body: JSON.stringify({ set: now }) });
  expect(moved.status).toBe(200);
  await strata(stack, "apply", copyWithoutJourneys(stack.dataDir));
  return stack;
}

/** Value and RFM are judged by the thresholds of the last run: one that has seen all of the population. The first may be
 *  that of the definitions, which began before. */
async function retier(stack: LocalStack): Promise<void> {
  await strata(stack, "retier", "--watch");
  await strata(stack, "retier", "--watch");
  await stack.quiet();
}

/** Whom a journey tags depends on the order in which events arrive. */
function copyWithoutJourneys(dataDir: string): string {
  const copy = path.join(dataDir, "definitions");
  cpSync(definitions, copy, { recursive: true, filter: (file) => path.basename(file) !== "journeys" });
  return copy;
}

async function readEverybody(stack: LocalStack): Promise<Map<string, ProfileView>> {
  const everybody = new Map<string, ProfileView>();
  for (const customer of customers) everybody.set(customer, await readProfile(stack, `userId:${customer}`));
  return everybody;
}

/** Customers with a membership, by the profiles themselves. */
const holders = (everybody: ReadonlyMap<string, ProfileView>, key: string): string[] =>
  customers.filter((customer) => everybody.get(customer)?.memberships.some((membership) => membership.key === key));

/** All of a profile that does not tell in what order or how often its events came. */
function essence({
  profileId: _id,
  createdAt: _createdAt,
  version: _version,
  memberships,
  tiers,
  ...rest
}: ProfileView) {
  // Since when, and until when a hold lasts, depend on the order of arrival.
  const rungs = Object.entries(tiers).map(([ladder, { tier }]) => `${ladder}=${tier}`);
  const ruled = memberships.filter(({ key }) => !key.startsWith("tier:"));
  return { ...rest, rungs, memberships: ruled.map(({ key, until }) => ({ key, until })) };
}

/** The same order at every run. */
function shuffle<Item>(items: readonly Item[]): Item[] {
  let seed = 42;
  const draw = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed;
  };
  return items
    .map((item) => ({ item, rank: draw() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Cuts into batches of 1 to 700, none like the one before. */
function cutUnevenly<Item>(items: readonly Item[]): Item[][] {
  const batches = [];
  for (let start = 0, size = 1; start < items.length; size = ((size * 7) % 700) + 1) {
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}

let inOrder: LocalStack;
let everybody: Map<string, ProfileView>;
let replayed: unknown;
beforeAll(async () => {
  inOrder = await startShop();
  replayed = JSON.parse(await strata(inOrder, "replay", sampleFile, "--source", "store"));
  await inOrder.quiet();
  await retier(inOrder);
  everybody = await readEverybody(inOrder);
});
afterAll(() => inOrder.stop());

describe("the retail sample, replayed by the command line", () => {
  test("gives the totals that SQL counts from the CSV", async () => {
    expect(replayed).toMatchObject({ accepted: calls.length, refused: 0 });
    expect(await readTotals(inOrder)).toMatchObject(expectedTotals);
    expect(await readFailedEvents(inOrder)).toEqual([]);
  });

  test("tags the customers that SQL counts", () => {
    expect(holders(everybody, "tag:one-time-buyer")).toHaveLength(Number(counted.buyersWith1Order));
    expect(holders(everybody, "tag:big-spender")).toHaveLength(Number(counted.buyersOf2000PoundsOrMore));
  });

  test("tags those whose calls of a window, counted one by one, are enough", () => {
    const countSince = (customer: string, event: string, from: string) =>
      calls.filter((call) => call.userId === customer && call.event === event && call.timestamp >= from).length;
    // The windows' first days: 364 and 179 days before the 10th of December. London keeps winter and summer time.
    const returners = customers.filter((id) => countSince(id, "Order Refunded", "2010-12-11T00:00:00.000Z") >= 2);
    expect(holders(everybody, "tag:returner")).toEqual(returners);
    const frequent = customers.filter((id) => countSince(id, "Order Completed", "2011-06-13T23:00:00.000Z") >= 4);
    expect(holders(everybody, "tag:frequent-buyer")).toEqual(frequent);
  });

  test("lists and counts in each tag exactly those whose profiles hold it", async () => {
    const { memberships } = await readTotals(inOrder);
    expect(Object.values(memberships).filter((count) => count > 0).length).toBeGreaterThan(10);
    const idOf = new Map([...everybody].map(([customer, { profileId }]) => [customer, profileId]));
    for (const key of Object.keys(memberships)) {
      const held = holders(everybody, key).map((customer) => idOf.get(customer));
      expect(new Set(await readMembers(inOrder, key))).toEqual(new Set(held));
      expect(await countMembers(inOrder, key)).toMatchObject({ key, count: held.length, exact: true });
      expect([key, memberships[key]]).toEqual([key, held.length]);
    }
  });

  test("changes nothing when it is replayed again", async () => {
    await strata(inOrder, "replay", sampleFile, "--source", "store", "--batch", "97", "--concurrency", "2");
    await inOrder.quiet();
    expect(await readTotals(inOrder)).toMatchObject(expectedTotals);
  });
});

describe("every call twice, shuffled, in uneven batches, with the fold killed ten times", () => {
  let shuffled: LocalStack;
  beforeAll(async () => {
    shuffled = await startShop();
    await askForFaults(shuffled, { killHandler: "Fold", times: 10 });
    for (const batch of cutUnevenly(shuffle([...calls, ...calls]))) await sendBatch(shuffled, batch, "store");
    await shuffled.quiet();
    await retier(shuffled);
  });
  afterAll(() => shuffled.stop());

  test("the fold was killed ten times", async () => {
    expect(await (await shuffled.admin("/local/faults")).json()).toHaveProperty("kills", {});
  });
  test("gives the same totals", async () => {
    expect(await readTotals(shuffled)).toMatchObject(expectedTotals);
  });
  test("gives the same people", async () => {
    for (const [customer, profile] of await readEverybody(shuffled)) {
      const same = everybody.get(customer);
      expect(same && essence(profile)).toEqual(same && essence(same));
    }
  });
  test("lists in each tag exactly those whose profiles hold it", async () => {
    for (const [key, count] of Object.entries((await readTotals(shuffled)).memberships)) {
      expect([key, count]).toEqual([key, holders(everybody, key).length]);
      expect(await countMembers(shuffled, key)).toMatchObject({ count, exact: true });
    }
  });
});
