import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryTouchStore } from "../../support/memory-touch-store.ts";
import { NOON } from "../../support/people.ts";

const aTouch: Touch = {
  id: "touch-1",
  profileId: "p_ann" as ProfileId,
  journey: "cart-rescue",
  definitionVersion: 3,
  runId: "run-1",
  path: "steps.1.send",
  channels: ["sms", "email"],
  channel: "email",
  addressHash: "hash",
  template: "cart-rescue",
  category: "marketing",
  overCap: "skip",
  arms: [["rescue-offer", "coupon"]],
  cause: { factId: "f-1", event: { event: "Product Added", at: NOON, properties: { sku: "马克杯" } } },
  requestedAt: NOON,
  state: "requested",
  changedAt: NOON,
  attempt: 0,
};

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<TouchStore>]>([
  ["in memory", async () => makeMemoryTouchStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `touches-${Math.random()}`, "pk");
      return makeTouchStore({ dynamo: emulator.dynamo, table });
    },
  ],
  [
    "in DynamoDB, with reads shared",
    async () => {
      const table = await createTable(emulator.dynamo, `touches-shared-${Math.random()}`, "pk");
      return makeTouchStore({ dynamo: shareReads(emulator.dynamo), table });
    },
  ],
  ["in DynamoDB in memory", async () => makeTouchStore({ dynamo: makeMemoryDynamo().client, table: "touches" })],
])("a touch store %s", (_, open) => {
  test("a touch is requested once, and then written only on the revision that was read", async () => {
    const store = await open();
    expect(await store.find("touch-1")).toBeUndefined();
    expect(await store.save({ touch: aTouch, revision: 2 })).toBe("conflict");
    expect(await store.save({ touch: aTouch, revision: 1 })).toBe("saved");
    expect(await store.save({ touch: { ...aTouch, state: "stopped" }, revision: 1 })).toBe("conflict");
    expect(await store.find("touch-1")).toEqual({ touch: aTouch, revision: 1 });
    const claimed: Touch = { ...aTouch, state: "claimed", attempt: 1, lease: { owner: "me", until: NOON + 9 } };
    expect(await store.save({ touch: claimed, revision: 2 })).toBe("saved");
    expect(await store.save({ touch: aTouch, revision: 2 })).toBe("conflict");
    expect(await store.find("touch-1")).toEqual({ touch: claimed, revision: 2 });
  });

  test("a provider's id leads to the touch", async () => {
    const store = await open();
    await store.linkProvider({ provider: "ses", providerId: "0100#x", touchId: "touch-1", at: NOON });
    expect(await store.findByProvider("ses", "0100#x")).toBe("touch-1");
    expect(await store.findByProvider("smtp", "0100#x")).toBeUndefined();
    expect(await store.find("touch-1")).toBeUndefined();
  });

  test("many touches are found at once, those that there are", async () => {
    const store = await open();
    const ids = Array.from({ length: 130 }, (_, n) => `touch-${n}`);
    for (const id of ids) await store.save({ touch: { ...aTouch, id }, revision: 1 });
    const found = await store.findAll([...ids, "touch-5", "touch-none"]);
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(found.find(({ id }) => id === "touch-7")).toEqual({ ...aTouch, id: "touch-7" });
    expect(await store.findAll([])).toEqual([]);
  });
});
