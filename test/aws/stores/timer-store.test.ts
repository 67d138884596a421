import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { TIMER_SHARDS, type Timer, type TimerStore } from "#domain/ports/timer-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryTimerStore } from "../../support/memory-timer-store.ts";
import { NOON } from "../../support/people.ts";

const DAY = 86_400_000;
const aTimer = (id: string, changed: Partial<Timer> = {}): Timer => ({
  kind: "review",
  id: `p_${id}`,
  at: NOON,
  version: 3,
  writtenAt: NOON - DAY,
  ...changed,
});

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

/** What falls due in all shards, page by page: each shard's rows come in the order of their instants. */
async function allDue(store: TimerStore, from: number, to: number, limit = 100): Promise<Timer[]> {
  const timers: Timer[] = [];
  for (let shard = 0; shard < TIMER_SHARDS; shard++) {
    const own: Timer[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.due(shard, { from, to, limit, ...(cursor !== undefined && { cursor }) });
      expect(page.timers.length).toBeLessThanOrEqual(limit);
      own.push(...page.timers);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(own.map(({ at }) => at)).toEqual(own.map(({ at }) => at).toSorted((a, b) => a - b));
    timers.push(...own);
  }
  return timers.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
}

describe.each<[string, () => Promise<TimerStore>]>([
  ["in memory", async () => makeMemoryTimerStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `timers-${Math.random()}`, "pk+sk");
      return makeTimerStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeTimerStore({ dynamo: makeMemoryDynamo().client, table: "timers" })],
])("a timer store %s", (_, open) => {
  test("gives back what falls due between two instants, both included", async () => {
    const store = await open();
    const all = [NOON - 1, NOON, NOON + 1, NOON + 2].map((at, n) => aTimer(`n${n}`, { at }));
    for (const timer of all) await store.put(timer);
    expect(await allDue(store, NOON, NOON + 1)).toEqual(all.slice(1, 3));
    expect(await allDue(store, NOON + 3, NOON + 9)).toEqual([]);
  });

  test("reaches over days, page by page, and misses and repeats nobody", async () => {
    const store = await open();
    const all = Array.from({ length: 60 }, (_unused, n) =>
      aTimer(`n${String(n).padStart(2, "0")}`, { at: NOON + (n % 5) * DAY + (n % 3) }),
    );
    await Promise.all(all.map((timer) => store.put(timer)));
    const expected = all.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    for (const limit of [1, 100]) expect(await allDue(store, NOON - DAY, NOON + 5 * DAY, limit)).toEqual(expected);
  });

  test("keeps apart what falls due at one instant, of whatever kind", async () => {
    const store = await open();
    const [review, wait] = [aTimer("ann"), aTimer("ann", { kind: "wait" })];
    const run = aTimer("bob", { kind: "wait", id: "p_bob#cart-rescue#o-1" });
    for (const timer of [review, wait, run]) await store.put(timer);
    expect(await allDue(store, NOON, NOON)).toHaveLength(3);
    await store.remove(wait, 3);
    expect(await allDue(store, NOON, NOON)).toEqual([review, run]);
  });

  test("a row that serves a newer version is neither overwritten nor removed by an older one", async () => {
    const store = await open();
    const newer = aTimer("ann", { version: 5 });
    await store.put(newer);
    await store.put(aTimer("ann", { version: 4, writtenAt: NOON }));
    await store.remove(newer, 4);
    expect(await allDue(store, NOON, NOON)).toEqual([newer]);
    await store.put({ ...newer, writtenAt: NOON });
    expect(await allDue(store, NOON, NOON)).toEqual([{ ...newer, writtenAt: NOON }]);
    await store.remove(newer, 5);
    expect(await allDue(store, NOON, NOON)).toEqual([]);
  });

  test("removing what is not there changes nothing", async () => {
    const store = await open();
    await store.remove(aTimer("ann"), 3);
    expect(await allDue(store, NOON - DAY, NOON)).toEqual([]);
  });
});
