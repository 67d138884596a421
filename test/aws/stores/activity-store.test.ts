import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryActivityStore } from "../../support/memory-activity-store.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { anEvent, NOON } from "../../support/people.ts";

const ann = "p_ann" as ProfileId;
const KEEP_DAYS = 400;

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

async function listAll(
  store: ActivityStore,
  limit: number,
  query: { from?: number; to?: number; event?: string } = {},
) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(ann, { ...query, limit, ...(cursor !== undefined && { cursor }) });
    expect(page.events.length).toBeLessThanOrEqual(limit);
    ids.push(...page.events.map(({ messageId }) => messageId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

describe.each<[string, () => Promise<ActivityStore>]>([
  ["in memory", async () => makeMemoryActivityStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `activity-${Math.random()}`, "pk+sk");
      return makeActivityStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeActivityStore({ dynamo: makeMemoryDynamo().client, table: "activity" })],
])("an activity store %s", (_, open) => {
  test("lists a person's own events newest first, whatever chunks they came in, page by page", async () => {
    const store = await open();
    const events = Array.from({ length: 90 }, (_unused, n) =>
      anEvent(`m${n}`, { at: NOON - ((n * 37) % 90) * 60_000 }),
    );
    for (let start = 0; start < 90; start += 7) await store.append(ann, events.slice(start, start + 7), KEEP_DAYS);
    await store.append("p_bob" as ProfileId, [anEvent("other")], KEEP_DAYS);
    const expected = events.toSorted((a, b) => b.at - a.at).map(({ messageId }) => messageId);
    expect(await listAll(store, 1000)).toEqual(expected);
    expect(await listAll(store, 8)).toEqual(expected);
  });

  test("an event that was written twice, in whatever chunks, is listed once", async () => {
    const store = await open();
    const [a, b, c] = [anEvent("a"), anEvent("b", { at: NOON - 5 }), anEvent("c", { at: NOON - 9 })];
    await store.append(ann, [a, b], KEEP_DAYS);
    await store.append(ann, [a, b], KEEP_DAYS);
    await store.append(ann, [b, c], KEEP_DAYS);
    expect(await listAll(store, 1)).toEqual(["a", "b", "c"]);
  });

  test("answers for a span of time and for one kind of event", async () => {
    const store = await open();
    await store.append(
      ann,
      [
        anEvent("old", { at: NOON - 1000 }),
        anEvent("edge", { at: NOON - 500 }),
        anEvent("bought", { at: NOON - 400, event: "Order Completed" }),
        anEvent("new", { at: NOON }),
      ],
      KEEP_DAYS,
    );
    expect(await listAll(store, 10, { from: NOON - 500, to: NOON - 1 })).toEqual(["bought", "edge"]);
    expect(await listAll(store, 10, { event: "Order Completed" })).toEqual(["bought"]);
  });

  test("gives an event back unchanged, and takes times before 1970", async () => {
    const store = await open();
    const event = anEvent("m1", {
      at: -86_400_000,
      day: -1,
      properties: { 名称: "𝒳\u0000", n: 1.5, list: [null, { a: 1 }] },
    });
    await store.append(ann, [event], KEEP_DAYS);
    expect((await store.list(ann, { limit: 5 })).events).toEqual([event]);
  });
});
