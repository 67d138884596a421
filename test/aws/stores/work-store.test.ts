import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import type { WorkItem, WorkStore } from "#domain/ports/work-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryWorkStore } from "../../support/memory-work-store.ts";
import { NOON } from "../../support/people.ts";

const item = (revision: number, body: unknown, slice = "slice#00001"): WorkItem => ({
  job: "retier#r1",
  slice,
  revision,
  body,
});

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<WorkStore>]>([
  ["in memory", async () => makeMemoryWorkStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `work-${Math.random()}`, "pk+sk");
      return makeWorkStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeWorkStore({ dynamo: makeMemoryDynamo().client, table: "work" })],
])("a work store %s", (_, open) => {
  test("a document is written only on the revision that was read", async () => {
    const store = await open();
    expect(await store.find("retier#r1", "slice#00001")).toBeUndefined();
    expect(await store.save(item(2, {}))).toBe("conflict");
    expect(await store.save(item(1, { cursor: "a", counts: [1, 2] }))).toBe("saved");
    expect(await store.save(item(1, {}))).toBe("conflict");
    expect(await store.find("retier#r1", "slice#00001")).toEqual(item(1, { cursor: "a", counts: [1, 2] }));
    const expiring = { ...item(2, "done"), expiresAt: NOON };
    expect(await store.save(expiring)).toBe("saved");
    expect(await store.save(item(2, {}))).toBe("conflict");
    expect(await store.find("retier#r1", "slice#00001")).toEqual(expiring);
  });

  test("lists the documents of one job by slice, page by page", async () => {
    const store = await open();
    const all = Array.from({ length: 7 }, (_unused, n) => item(1, n, `slice#0000${n}`));
    for (const each of all.toReversed()) await store.save(each);
    await store.save({ ...item(1, "other"), job: "retier#r10" });
    for (const limit of [1, 3, 100]) {
      const found: WorkItem[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.list("retier#r1", { limit, ...(cursor !== undefined && { cursor }) });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        found.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(found).toEqual(all);
    }
  });
});
