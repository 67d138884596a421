import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import type { InappMessage, InappStore } from "#domain/ports/inapp-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryInappStore } from "../../support/memory-inapp-store.ts";
import { NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

const [ann, bob] = ["p_ann", "p_bob"] as [ProfileId, ProfileId];
const aMessage = (n: number): InappMessage => ({
  touchId: `t-${n}`,
  title: "Welcome",
  body: "Ten per cent off",
  journey: "welcome",
  at: NOON + n,
});

describe.each<[string, (now: () => number) => Promise<InappStore>]>([
  ["in memory", async (now) => makeMemoryInappStore(now)],
  [
    "in DynamoDB",
    async (now) => {
      const table = await createTable(emulator.dynamo, `inapp-${Math.random()}`, "pk+sk");
      return makeInappStore({ dynamo: emulator.dynamo, table, now });
    },
  ],
])("an inbox %s", (_, open) => {
  test("gives a person's own messages, newest first", async () => {
    const store = await open(() => NOON);
    for (const n of [2, 1, 3]) await store.put(ann, aMessage(n));
    await store.put(bob, { ...aMessage(4), url: "https://shop.example.com/" });
    expect(await store.list(ann, 2)).toEqual([aMessage(3), aMessage(2)]);
    expect(await store.list(bob, 10)).toEqual([{ ...aMessage(4), url: "https://shop.example.com/" }]);
  });

  test("keeps a message out that was dismissed, though it is put there again", async () => {
    const store = await open(() => NOON);
    await store.put(ann, aMessage(1));
    await store.dismiss(ann, "t-1");
    await store.put(ann, aMessage(1));
    await store.dismiss(ann, "t-unknown");
    expect(await store.list(ann, 10)).toEqual([]);
  });

  test("forgets what nobody fetched for thirty days", async () => {
    let now = NOON;
    const store = await open(() => now);
    await store.put(ann, aMessage(0));
    now = NOON + 30 * 86_400_000;
    expect(await store.list(ann, 10)).toEqual([]);
  });
});
