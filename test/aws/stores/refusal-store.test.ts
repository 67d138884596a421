import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeRefusalStore } from "#aws/stores/refusal-store.ts";
import type { RefusalStore, RefusedEntries } from "#domain/ports/refusal-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryRefusalStore } from "../../support/memory-refusal-store.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const refused = (day: number, reason: RefusedEntries["reason"], count: number, journey = "cart"): RefusedEntries => ({
  journey,
  day,
  reason,
  count,
});

describe.each<[string, () => Promise<RefusalStore>]>([
  ["in memory", async () => makeMemoryRefusalStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `metrics-${Math.random()}`, "pk+sk");
      return makeRefusalStore({ dynamo: emulator.dynamo, table });
    },
  ],
])("a store of refused entries %s", (_, open) => {
  test("adds up what it is told, by journey, day and reason", async () => {
    const store = await open();
    expect(await store.ofJourney("cart", { from: 1, to: 30_000 })).toEqual(new Map());
    await store.add([
      refused(20_000, "once", 2),
      refused(20_000, "entry_rule", 1),
      refused(20_000, "once", 9, "cart-2"),
    ]);
    await store.add([refused(20_000, "once", 3), refused(20_001, "too_many_runs", 7)]);
    expect(await store.ofJourney("cart", { from: 20_000, to: 20_000 })).toEqual(
      new Map([
        ["once", 5],
        ["entry_rule", 1],
      ]),
    );
    expect((await store.ofJourney("cart-2", { from: 20_000, to: 20_000 })).get("once")).toBe(9);
  });

  test("tells the days asked for, both included, together", async () => {
    const store = await open();
    await store.add([9, 10, 11, 12].map((day) => refused(day, "trigger_too_old", 10 ** (day - 9))));
    const between = async (from: number, to: number) =>
      (await store.ofJourney("cart", { from, to })).get("trigger_too_old");
    expect(await between(10, 11)).toBe(110);
    expect(await between(9, 100_000)).toBe(1111);
    expect(await between(12, 11)).toBeUndefined();
  });
});
