import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { makeCapStore } from "#aws/stores/cap-store.ts";
import type { CapKey, CapStore } from "#domain/ports/cap-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryCapStore } from "../../support/memory-cap-store.ts";
import { NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const ann: CapKey = { channel: "email", category: "marketing", address: "hash-of-ann" };
const use = (n: number) => ({ touchId: `t-${n}`, at: NOON + n });

describe.each<[string, () => Promise<CapStore>]>([
  ["in memory", async () => makeMemoryCapStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `caps-${Math.random()}`, "pk");
      return makeCapStore({ dynamo: emulator.dynamo, table });
    },
  ],
  [
    "in DynamoDB, with reads shared",
    async () => {
      const table = await createTable(emulator.dynamo, `caps-shared-${Math.random()}`, "pk");
      return makeCapStore({ dynamo: shareReads(emulator.dynamo), table });
    },
  ],
])("a cap store %s", (_, open) => {
  test("gives back what was saved last, for each channel, category and address by itself", async () => {
    const store = await open();
    expect(await store.find(ann)).toEqual({ revision: 0, uses: [] });
    await store.save(ann, { revision: 1, uses: [use(1)] }, NOON + 1000);
    await store.save(ann, { revision: 2, uses: [use(1), use(2)] }, NOON + 1000);
    expect(await store.find(ann)).toEqual({ revision: 2, uses: [use(1), use(2)] });
    for (const other of [{ channel: "sms" }, { category: "transactional" as const }, { address: "hash-of-bob" }]) {
      expect(await store.find({ ...ann, ...other })).toEqual({ revision: 0, uses: [] });
    }
  });

  test("of two who write on the same revision one is refused", async () => {
    const store = await open();
    const first = await Promise.all([1, 2].map((n) => store.save(ann, { revision: 1, uses: [use(n)] }, NOON)));
    expect(first.toSorted()).toEqual(["conflict", "saved"]);
    expect(await store.save(ann, { revision: 3, uses: [] }, NOON)).toBe("conflict");
    expect(await store.save(ann, { revision: 2, uses: [] }, NOON)).toBe("saved");
  });
});
