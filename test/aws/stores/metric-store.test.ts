import type { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeMetricStore } from "#aws/stores/metric-store.ts";
import type { Figure } from "#domain/measure/figure.ts";
import type { MetricStore } from "#domain/ports/metric-store.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryMetricStore } from "../../support/memory-metric-store.ts";
import { NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const key = (name: string) => `tag:${name}` as MembershipKey;

describe.each<[string, () => Promise<MetricStore>]>([
  ["in memory", async () => makeMemoryMetricStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `metrics-${Math.random()}`, "pk+sk");
      return makeMetricStore({ dynamo: emulator.dynamo, table });
    },
  ],
])("a metric store %s", (_, open) => {
  test("remembers the last exact count of each membership, zero included", async () => {
    const store = await open();
    expect(await store.lastMembershipCount(key("vip"))).toBeUndefined();
    const counts = new Map(Array.from({ length: 60 }, (_unused, n) => [key(`t${n}`), n] as const));
    await store.recordMembershipCounts(counts, NOON);
    expect(await store.lastMembershipCount(key("t0"))).toEqual({ count: 0, at: NOON });
    expect(await store.lastMembershipCount(key("t59"))).toEqual({ count: 59, at: NOON });
    await store.recordMembershipCounts(new Map([[key("t59"), 7]]), NOON + 1);
    expect(await store.lastMembershipCount(key("t59"))).toEqual({ count: 7, at: NOON + 1 });
  });

  test("keeps figures as series by day and dimension, the newest of each, and tells them in that order", async () => {
    const store = await open();
    const figure = (day: number, dimension: string, value: number): Figure => ({
      metric: "buyers",
      by: "tier",
      day,
      dimension,
      value,
      exact: true,
    });
    await store.record([figure(12, "tier:v=low", 3), figure(11, "tier:v=low", 2), figure(11, "tier:v=high", 1)], NOON);
    await store.record([{ ...figure(12, "tier:v=low", 0.25), base: 4, exact: false }], NOON + 1);
    await store.record([{ ...figure(11, "", 99), by: "everyone" }], NOON);
    const buyersByTier = { metric: "buyers", by: "tier" } as const;
    expect(await store.series(buyersByTier, { from: 11, to: 12 })).toEqual([
      { day: 11, dimension: "tier:v=high", value: 1, exact: true, at: NOON },
      { day: 11, dimension: "tier:v=low", value: 2, exact: true, at: NOON },
      { day: 12, dimension: "tier:v=low", value: 0.25, base: 4, exact: false, at: NOON + 1 },
    ]);
    expect(await store.series(buyersByTier, { from: 12, to: 20 })).toHaveLength(1);
    expect(await store.series(buyersByTier, { from: 1, to: 10 })).toEqual([]);
    expect(await store.series(buyersByTier, { from: 12, to: 11 })).toEqual([]);
    expect(await store.series({ metric: "buyers", by: "everyone" }, { from: 11, to: 12 })).toEqual([
      { day: 11, dimension: "", value: 99, exact: true, at: NOON },
    ]);
  });

  test("keeps thousands of figures, whatever bytes their dimensions are of", async () => {
    const store = await open();
    const figures = Array.from({ length: 2_000 }, (_unused, n): Figure => {
      const dimension = `tag:top=咖啡${n}#`;
      return { metric: "members", by: "membership", day: 20_000 + (n % 3), dimension, value: n, exact: true };
    });
    await store.record(figures, NOON);
    const read = await store.series({ metric: "members", by: "membership" }, { from: 20_000, to: 20_002 });
    expect(read).toHaveLength(2_000);
    expect(new Set(read.map(({ dimension }) => dimension)).size).toBe(2_000);
    expect(read.reduce((sum, { value }) => sum + value, 0)).toBe(1_999_000);
  });
});

describe("a table that leaves figures unwritten", () => {
  const table = "metrics";
  const figures = Array.from({ length: 30 }, (_, day): Figure => {
    return { metric: "people", by: "everyone", day, dimension: "", value: day, exact: true };
  });
  /** Refuses all but one of every batch, so often. */
  function refusing(times: number) {
    const written: unknown[] = [];
    let calls = 0;
    const send = async ({ input }: BatchWriteItemCommand) => {
      const asked = input.RequestItems?.[table] ?? [];
      const refused = calls++ < times ? asked.slice(1) : [];
      written.push(...asked.slice(0, asked.length - refused.length));
      return refused.length === 0 ? {} : { UnprocessedItems: { [table]: refused } };
    };
    return {
      store: makeMetricStore({ dynamo: { send } as unknown as DynamoDBClient, table, sleep: async () => {} }),
      written,
    };
  }

  test("is asked again until all are", async () => {
    const { store, written } = refusing(3);
    await store.record(figures, NOON);
    expect(written).toHaveLength(30);
  });

  test("and goes on doing so is an error that can be tried again", async () => {
    const { store } = refusing(Number.POSITIVE_INFINITY);
    await expect(store.record(figures.slice(0, 25), NOON)).rejects.toMatchObject({
      code: "metrics_not_written",
      retriable: true,
    });
  });
});
