import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { byNewest, listAcross } from "#domain/activity/list-across.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryActivityStore } from "../../support/memory-activity-store.ts";
import { anEvent, NOON } from "../../support/people.ts";

const family = ["p_root", "p_first", "p_second", "p_silent"] as ProfileId[];

/** Events of three people: many share an instant, and some stand in two logs, as after a write that lost its race. */
const logs = fc.array(
  fc.record({
    minutes: fc.integer({ min: 0, max: 12 }),
    owner: fc.constantFrom(0, 1, 2),
    also: fc.option(fc.constantFrom(0, 1, 2), { nil: undefined }),
    event: fc.constantFrom("Product Viewed", "Product Added"),
  }),
  { maxLength: 30 },
);

async function readAll(store: ActivityStore, query: { limit: number; from?: number; event?: string }) {
  const pages: CollectedEvent[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listAcross(store, family, { ...query, ...(cursor !== undefined && { cursor }) });
    pages.push(page.events);
    cursor = page.cursor;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const openTable = async () => {
  const table = await createTable(emulator.dynamo, `across-${Math.random()}`, "pk+sk");
  return makeActivityStore({ dynamo: emulator.dynamo, table });
};

describe.each<[string, number, () => Promise<ActivityStore>]>([
  ["in memory", 1_000, async () => makeMemoryActivityStore()],
  ["in DynamoDB", 20, openTable],
])("the logs of a person and of those they absorbed, %s", (_, numRuns, open) => {
  test("are one log: every event once, newest first, however it is cut into pages", async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (drawn, limit, filtered) => {
        const store = await open();
        const query = filtered ? { from: NOON - 8 * 60_000, event: "Product Viewed" } : {};
        const events: CollectedEvent[] = [];
        for (const [n, { minutes, owner, also, event }] of drawn.entries()) {
          const made = anEvent(`m${n}`, { at: NOON - minutes * 60_000, event });
          events.push(made);
          for (const index of new Set([owner, also ?? owner])) {
            const id = family[index];
            if (id) await store.append(id, [made], 400);
          }
        }
        const wanted = events
          .filter(({ at, event }) => at >= (query.from ?? 0) && (!query.event || event === query.event))
          .toSorted(byNewest)
          .map(({ messageId }) => messageId);
        const pages = await readAll(store, { ...query, limit });
        expect(pages.flat().map(({ messageId }) => messageId)).toEqual(wanted);
        for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit);
      }),
      { numRuns },
    );
  });
});

test("a page of one person costs one read, and an empty family is an empty log", async () => {
  let reads = 0;
  const store = makeMemoryActivityStore();
  const counting: ActivityStore = {
    ...store,
    list: (...asked) => {
      reads++;
      return store.list(...asked);
    },
  };
  await counting.append("p_root" as ProfileId, [anEvent("m1")], 400);
  expect((await listAcross(counting, ["p_root" as ProfileId], { limit: 5 })).events).toHaveLength(1);
  expect(reads).toBe(1);
  expect(await listAcross(counting, [], { limit: 5 })).toEqual({ events: [] });
});
