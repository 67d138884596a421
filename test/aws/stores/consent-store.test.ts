import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { listConsents } from "#domain/consents/ledger.ts";
import type { ConsentEntry, ConsentStore } from "#domain/ports/consent-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryConsentStore } from "../../support/memory-consent-store.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { NOON } from "../../support/people.ts";

const ann = "p_ann" as ProfileId;
const bob = "p_bob" as ProfileId;

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

function said(messageId: string, fields: Partial<ConsentEntry> = {}): ConsentEntry {
  return {
    messageId,
    purpose: "marketing",
    channel: "email",
    granted: true,
    at: NOON,
    receivedAt: NOON,
    source: "shop",
    ...fields,
  };
}

async function listAll(store: ConsentStore, ids: readonly ProfileId[], limit: number) {
  const found: ConsentEntry[] = [];
  let cursor: string | undefined;
  do {
    const page = await listConsents(store, ids, { limit, ...(cursor !== undefined && { cursor }) });
    expect(page.entries.length).toBeLessThanOrEqual(limit);
    found.push(...page.entries);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

describe.each<[string, () => Promise<ConsentStore>]>([
  ["in memory", async () => makeMemoryConsentStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `consents-${Math.random()}`, "pk+sk");
      return makeConsentStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeConsentStore({ dynamo: makeMemoryDynamo().client, table: "consents" })],
])("a consent ledger %s", (_, open) => {
  test("gives back what was said, whole and newest first, page by page", async () => {
    const store = await open();
    const entries = Array.from({ length: 7 }, (_unused, n) => said(`m${n}`, { at: NOON - ((n * 3) % 7) * 1000 }));
    const whole = said("whole", { at: NOON + 1, collectedBy: "李雷", textVersion: "v3", proof: "call 12\u0000" });
    await store.append(ann, [...entries, whole]);
    const newestFirst = [whole, ...entries.toSorted((a, b) => b.at - a.at)];
    expect(await listAll(store, [ann], 100)).toEqual(newestFirst);
    expect(await listAll(store, [ann], 2)).toEqual(newestFirst);
    expect(await listAll(store, [bob], 2)).toEqual([]);
  });

  test("an event that is redelivered adds nothing, and nothing changes what stands there", async () => {
    const store = await open();
    await store.append(ann, [said("m1")]);
    await store.append(ann, [said("m1"), said("m1", { granted: false })]);
    expect(await listAll(store, [ann], 10)).toEqual([said("m1")]);
  });

  test("the ledgers of people who turned out to be one are read as one, each statement once", async () => {
    const store = await open();
    await store.append(ann, [said("a", { at: NOON - 4 }), said("both", { at: NOON - 2 })]);
    await store.append(bob, [said("b", { at: NOON - 3 }), said("both", { at: NOON - 2 }), said("c", { at: NOON - 1 })]);
    for (const limit of [1, 2, 10]) {
      const ids = (await listAll(store, [ann, bob], limit)).map(({ messageId }) => messageId);
      expect(ids).toEqual(["c", "both", "b", "a"]);
    }
  });
});
