import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shareReads } from "#aws/share-reads.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryProfileStore } from "../../support/memory-profile-store.ts";
import { aPerson, membershipFact, NOON } from "../../support/people.ts";

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

describe.each<[string, () => Promise<ProfileStore>]>([
  ["in memory", async () => makeMemoryProfileStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `profiles-${Math.random()}`, "pk");
      return makeProfileStore({ dynamo: emulator.dynamo, table });
    },
  ],
  [
    "in DynamoDB, with reads shared",
    async () => {
      const table = await createTable(emulator.dynamo, `profiles-shared-${Math.random()}`, "pk");
      return makeProfileStore({ dynamo: shareReads(emulator.dynamo), table });
    },
  ],
  ["in DynamoDB in memory", async () => makeProfileStore({ dynamo: makeMemoryDynamo().client, table: "profiles" })],
])("a profile store %s", (_, open) => {
  test("gives back what was saved, and nothing for an unknown id", async () => {
    const store = await open();
    const person = aPerson("ann", {
      memberships: new Map([
        ["tag:vip" as MembershipKey, { since: NOON, until: Number.POSITIVE_INFINITY, definitionVersion: 3 }],
      ]),
      reviewAt: NOON + 5,
      bundleVersion: 3,
      outbox: [membershipFact(aPerson("ann"), "tag:vip")],
    });
    expect(await store.save(person)).toBe("saved");
    const found = await store.load([person.id, "p_nobody" as ProfileId, person.id]);
    expect([...found]).toEqual([[person.id, person]]);
  });

  test("refuses a write on any version but the one before", async () => {
    const store = await open();
    const person = aPerson("ann");
    await store.save(person);
    expect(await store.save(person)).toBe("conflict");
    expect(await store.save({ ...person, version: 3 })).toBe("conflict");
    expect(await store.save({ ...person, version: 2, createdAt: 7 })).toBe("saved");
    expect((await store.load([person.id])).get(person.id)?.createdAt).toBe(7);
  });

  test("refuses to begin a person at a later version", async () => {
    const store = await open();
    expect(await store.save(aPerson("bob", { version: 2 }))).toBe("conflict");
  });

  test("clears the outbox of the version that wrote it, and of no other", async () => {
    const store = await open();
    const person = aPerson("ann", { outbox: [membershipFact(aPerson("ann"), "tag:vip")] });
    await store.save(person);
    expect(await store.clearOutbox(person.id, 2)).toBe("conflict");
    expect((await store.load([person.id])).get(person.id)?.outbox).toHaveLength(1);
    expect(await store.clearOutbox(person.id, 1)).toBe("cleared");
    expect((await store.load([person.id])).get(person.id)?.outbox).toEqual([]);
    expect(await store.clearOutbox("p_nobody" as ProfileId, 1)).toBe("conflict");
  });

  test("loads more people than one batch read takes", async () => {
    const store = await open();
    const people = Array.from({ length: 120 }, (_unused, n) => aPerson(`n${n}`));
    await Promise.all(people.map((person) => store.save(person)));
    expect((await store.load(people.map(({ id }) => id))).size).toBe(120);
  });

  test.each([false, true])("scans everyone once over its segments, people who are no more too: %s", async (former) => {
    const store = await open();
    const people = Array.from({ length: 30 }, (_unused, n) => aPerson(`n${n}`));
    await Promise.all(people.map((person) => store.save(person)));
    await store.save(aPerson("merged", { mergedInto: "p_n0" as ProfileId }));
    const seen: string[] = [];
    for (const segment of [0, 1, 2]) {
      let cursor: string | undefined;
      do {
        const page = await store.scan({ segment, segments: 3, former, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.profiles.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
    }
    const expected = [...people.map(({ id }) => id), ...(former ? ["p_merged"] : [])];
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });
});
