import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeConflictStore } from "#aws/stores/conflict-store.ts";
import type { ConflictStore } from "#domain/ports/conflict-store.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryConflictStore } from "../../support/memory-conflict-store.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { NOON } from "../../support/people.ts";

const conflict = (value: string, owner: string, count: number, at = NOON) => ({
  key: `anonymousId:${value}` as IdentifierKey,
  reason: "different_unique_identifier" as const,
  owner: owner as ProfileId,
  count,
  at,
});

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<ConflictStore>]>([
  ["in memory", async () => makeMemoryConflictStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `metrics-${Math.random()}`, "pk+sk");
      return makeConflictStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeConflictStore({ dynamo: makeMemoryDynamo().client, table: "metrics" })],
])("a conflict store %s", (_, open) => {
  test("adds up the refusals of one identifier and remembers the newest", async () => {
    const store = await open();
    await store.add(conflict("till 7", "p_1", 2));
    await store.add(conflict("till 7", "p_2", 3, NOON + 5));
    expect(await store.list({ limit: 10 })).toEqual({ conflicts: [conflict("till 7", "p_2", 5, NOON + 5)] });
  });

  test("lists page by page", async () => {
    const store = await open();
    for (const value of ["a", "b", "c"]) await store.add(conflict(value, "p_1", 1));
    const first = await store.list({ limit: 2 });
    expect(first.conflicts.map(({ key }) => key)).toEqual(["anonymousId:a", "anonymousId:b"]);
    const second = await store.list({ limit: 2, ...(first.cursor !== undefined && { cursor: first.cursor }) });
    expect(second.conflicts.map(({ key }) => key)).toEqual(["anonymousId:c"]);
  });
});
