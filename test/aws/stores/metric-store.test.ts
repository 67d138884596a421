import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeMetricStore } from "#aws/stores/metric-store.ts";
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
});
