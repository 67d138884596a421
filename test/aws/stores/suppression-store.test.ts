import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemorySuppressionStore } from "../../support/memory-suppression-store.ts";
import { NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const unsubscribed = { reason: "unsubscribed", at: NOON };
const bounced = { reason: "hard_bounce", at: NOON + 1 };

describe.each<[string, () => Promise<SuppressionStore>]>([
  ["in memory", async () => makeMemorySuppressionStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `suppressions-${Math.random()}`, "pk");
      return makeSuppressionStore({ dynamo: emulator.dynamo, table });
    },
  ],
  [
    "in DynamoDB, with reads shared",
    async () => {
      const table = await createTable(emulator.dynamo, `suppressions-shared-${Math.random()}`, "pk");
      return makeSuppressionStore({ dynamo: shareReads(emulator.dynamo), table });
    },
  ],
])("a suppression store %s", (_, open) => {
  test("knows nothing of an address that nobody spoke of", async () => {
    const store = await open();
    expect(await store.find("email", "ann")).toEqual({});
    expect(await store.isSuppressed("email", "ann", "marketing")).toBe(false);
  });

  test("keeps marketing back from one who unsubscribed, on that channel only", async () => {
    const store = await open();
    await store.put("email", "ann", "marketing", unsubscribed);
    expect(await store.isSuppressed("email", "ann", "marketing")).toBe(true);
    expect(await store.isSuppressed("email", "ann", "transactional")).toBe(false);
    expect(await store.isSuppressed("sms", "ann", "marketing")).toBe(false);
  });

  test("keeps everything back from an address that is dead, beside what else is said of it", async () => {
    const store = await open();
    await store.put("email", "ann", "marketing", unsubscribed);
    await store.put("email", "ann", "all", bounced);
    expect(await store.find("email", "ann")).toEqual({ marketing: unsubscribed, all: bounced });
    expect(await store.isSuppressed("email", "ann", "transactional")).toBe(true);
  });

  test("a later word stands against one that comes late", async () => {
    const store = await open();
    await store.put("email", "ann", "all", bounced);
    await store.put("email", "ann", "all", { reason: "complaint", at: NOON });
    expect(await store.find("email", "ann")).toEqual({ all: bounced });
  });

  test("lifts what was said before, and nothing that was said since", async () => {
    const store = await open();
    await store.put("email", "ann", "marketing", unsubscribed);
    await store.put("email", "ann", "all", bounced);
    await store.lift("email", "ann", "marketing", NOON - 1);
    expect(await store.isSuppressed("email", "ann", "marketing")).toBe(true);
    await store.lift("email", "ann", "marketing", NOON);
    await store.lift("email", "bob", "marketing", NOON);
    expect(await store.find("email", "ann")).toEqual({ all: bounced });
  });
});
