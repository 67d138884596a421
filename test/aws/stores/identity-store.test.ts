import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryIdentityStore } from "../../support/memory-identity-store.ts";

const key = (text: string) => text as IdentifierKey;
const person = (text: string) => text as ProfileId;

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<IdentityStore>]>([
  ["in memory", async () => makeMemoryIdentityStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `identities-${Math.random()}`, "pk");
      return makeIdentityStore({ dynamo: emulator.dynamo, table });
    },
  ],
  ["in DynamoDB in memory", async () => makeIdentityStore({ dynamo: makeMemoryDynamo().client, table: "identities" })],
])("an identity store %s", (_, open) => {
  test("the first claim of an identifier stands; claiming it again for the same person is harmless", async () => {
    const store = await open();
    expect(await store.claim(key("userId:u-1"), person("p_1"))).toBe("claimed");
    expect(await store.claim(key("userId:u-1"), person("p_2"))).toBe("taken");
    expect(await store.claim(key("userId:u-1"), person("p_1"))).toBe("claimed");
    expect([...(await store.find([key("userId:u-1"), key("userId:u-2")]))]).toEqual([["userId:u-1", "p_1"]]);
  });

  test("of many claims at once exactly one person wins", async () => {
    const store = await open();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_unused, n) => store.claim(key("email:ann@example.com"), person(`p_${n}`))),
    );
    expect(outcomes.filter((outcome) => outcome === "claimed")).toHaveLength(1);
  });

  test("an identifier is re-pointed only from the person that it points at", async () => {
    const store = await open();
    await store.claim(key("userId:u-1"), person("p_1"));
    expect(await store.repoint(key("userId:u-1"), person("p_2"), person("p_3"))).toBe("conflict");
    expect(await store.repoint(key("userId:u-9"), person("p_1"), person("p_3"))).toBe("conflict");
    expect(await store.repoint(key("userId:u-1"), person("p_1"), person("p_3"))).toBe("repointed");
    expect((await store.find([key("userId:u-1")])).get(key("userId:u-1"))).toBe("p_3");
  });

  test("finds more identifiers than one batch read takes, whatever characters they have", async () => {
    const store = await open();
    const keys = Array.from({ length: 130 }, (_unused, n) => key(`userId:用户 #${n}\u0000"'`));
    await Promise.all(keys.map((each) => store.claim(each, person("p_1"))));
    expect((await store.find(keys)).size).toBe(130);
  });
});
