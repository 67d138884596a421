import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeAuditStore } from "#aws/stores/audit-store.ts";
import type { AuditEntry, AuditStore } from "#domain/ports/audit-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryAuditStore } from "../../support/memory-audit-store.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { NOON } from "../../support/people.ts";

const HOUR = 3_600_000;

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

function entry(id: string, at: number, changed: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id,
    at,
    actor: "ops",
    role: "admin",
    action: "definitions.put",
    target: "tag/vip",
    requestId: "r-1",
    outcome: "attempted",
    ...changed,
  };
}

async function listAll(store: AuditStore, from: number, to: number, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list({ from, to, limit, ...(cursor !== undefined && { cursor }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    ids.push(...page.entries.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

describe.each<[string, () => Promise<AuditStore>]>([
  ["in memory", async () => makeMemoryAuditStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `audit-${Math.random()}`, "pk+sk");
      return makeAuditStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeAuditStore({ dynamo: makeMemoryDynamo().client, table: "audit" })],
])("an audit store %s", (_, open) => {
  test("the outcome replaces the attempt", async () => {
    const store = await open();
    await store.record(entry("a", NOON));
    await store.record(entry("a", NOON, { outcome: "done", details: { version: 3 } }));
    const { entries } = await store.list({ from: NOON, to: NOON, limit: 10 });
    expect(entries).toEqual([entry("a", NOON, { outcome: "done", details: { version: 3 } })]);
  });

  test("lists newest first over days, page by page, each entry once", async () => {
    const store = await open();
    const entries = Array.from({ length: 30 }, (_unused, n) =>
      entry(`e${String(n).padStart(2, "0")}`, NOON - n * 5 * HOUR),
    );
    await Promise.all(entries.map((one) => store.record(one)));
    const newestFirst = entries.map(({ id }) => id);
    for (const limit of [1, 7, 30, 100]) {
      expect(await listAll(store, NOON - 200 * HOUR, NOON, limit)).toEqual(newestFirst);
    }
    expect(await listAll(store, NOON - 10 * HOUR, NOON - 5 * HOUR, 10)).toEqual(["e01", "e02"]);
    expect(await listAll(store, NOON + HOUR, NOON + 2 * HOUR, 10)).toEqual([]);
  });

  test("entries of one instant are all there", async () => {
    const store = await open();
    const ids = ["a", "b", "c", "d", "e", "f", "g"];
    await Promise.all(ids.map((id) => store.record(entry(id, NOON))));
    expect(await listAll(store, NOON, NOON, 2)).toEqual(ids.toReversed());
  });
});
