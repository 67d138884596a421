import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { TAG_SHARDS, tagShardOf } from "#domain/memberships/tag-bucket.ts";
import type { TagRow, TagStore } from "#domain/ports/tag-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import { createTable, startDynamo } from "../../support/dynalite.ts";
import { makeMemoryDynamo } from "../../support/memory-dynamo.ts";
import { makeMemoryTagStore } from "../../support/memory-tag-store.ts";
import { NOON } from "../../support/people.ts";

const vip = "tag:vip" as MembershipKey;
const row = (person: string, version: number, left = false): TagRow => ({
  key: vip,
  profileId: `p_${person}` as ProfileId,
  version,
  since: NOON,
  left,
});

let emulator: Awaited<ReturnType<typeof startDynamo>>;
beforeAll(async () => {
  emulator = await startDynamo();
});
afterAll(() => emulator.stop());

async function allMembers(store: TagStore, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.members(vip, { limit, ...(cursor !== undefined && { cursor }) });
    expect(page.members.length).toBeLessThanOrEqual(limit);
    ids.push(...page.members.map(({ profileId }) => profileId));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids.toSorted();
}

function textOf({ key, profileId }: TagRow): string {
  return `${key} ${profileId}`;
}

async function allPages(
  read: (cursor: { cursor?: string }) => Promise<{ rows: TagRow[]; cursor?: string }>,
): Promise<TagRow[]> {
  const rows: TagRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor === undefined ? {} : { cursor });
    rows.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}

describe.each<[string, () => Promise<TagStore>]>([
  ["in memory", async () => makeMemoryTagStore()],
  [
    "in DynamoDB",
    async () => {
      const table = await createTable(emulator.dynamo, `tags-${Math.random()}`, "pk+sk");
      return makeTagStore({ dynamo: emulator.dynamo, table, now: () => NOON });
    },
  ],
  [
    "in DynamoDB in memory",
    async () => makeTagStore({ dynamo: makeMemoryDynamo().client, table: "tags", now: () => NOON }),
  ],
])("a tag store %s", (_, open) => {
  test("a newer version of the profile overwrites, an older or equal one does not", async () => {
    const store = await open();
    expect(await store.put(row("ann", 5))).toBe("written");
    expect(await store.put(row("ann", 4, true))).toBe("stale");
    expect(await store.put(row("ann", 5, true))).toBe("stale");
    expect(await allMembers(store, 10)).toEqual(["p_ann"]);
    expect(await store.put(row("ann", 6, true))).toBe("written");
    expect(await allMembers(store, 10)).toEqual([]);
  });

  test("a tombstone that came first holds against the older entry", async () => {
    const store = await open();
    await store.put(row("ann", 6, true));
    expect(await store.put(row("ann", 5))).toBe("stale");
    expect(await store.count(vip, 10)).toEqual({ count: 0, complete: true });
  });

  test("a row is mended only in place of the one that was seen, whatever its version", async () => {
    const store = await open();
    expect(await store.mend(row("ann", 5), undefined)).toBe("written");
    expect(await store.mend(row("ann", 5, true), undefined)).toBe("stale");
    expect(await store.mend(row("ann", 5, true), 4)).toBe("stale");
    expect(await store.mend(row("ann", 5, true), 5)).toBe("written");
    expect(await store.find(vip, row("ann", 0).profileId)).toEqual(row("ann", 5, true));
    expect(await store.mend(row("ann", 3), 5)).toBe("written");
    expect(await store.find(vip, row("ann", 0).profileId)).toEqual(row("ann", 3));
    expect(await store.find(vip, row("bob", 0).profileId)).toBeUndefined();
  });

  test("gives every row once, tombstones too: by scan, and partition by partition", async () => {
    const store = await open();
    const valued = "tag:top=a#b" as MembershipKey;
    const rows = Array.from({ length: 40 }, (_unused, n) => row(`n${n}`, n + 1, n % 3 === 0));
    rows.push({ ...row("n1", 1), key: valued });
    for (const each of rows) await store.put(each);
    const sorted = (of: readonly TagRow[]) => of.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
    const scanned: TagRow[] = [];
    for (let segment = 0; segment < 3; segment++) {
      scanned.push(...(await allPages((cursor) => store.scan({ segment, segments: 3, ...cursor }))));
    }
    expect(sorted(scanned)).toEqual(sorted(rows));
    const queried: TagRow[] = [];
    for (let shard = 0; shard < TAG_SHARDS; shard++) {
      const own = await allPages((cursor) => store.partition(vip, shard, { limit: 2, ...cursor }));
      expect(own.every(({ profileId }) => tagShardOf(profileId) === shard)).toBe(true);
      queried.push(...own);
    }
    expect(sorted(queried)).toEqual(sorted(rows.filter(({ key }) => key === vip)));
  });

  test("lists every member once, page by page, and counts them", async () => {
    const store = await open();
    const people = Array.from({ length: 60 }, (_unused, n) => `n${String(n).padStart(2, "0")}`);
    await Promise.all(people.map((person) => store.put(row(person, 1))));
    await store.put(row("gone", 1, true));
    const expected = people.map((person) => `p_${person}`);
    for (const limit of [1, 7, 60, 1000]) expect(await allMembers(store, limit)).toEqual(expected);
    expect(await store.count(vip, 60)).toEqual({ count: 60, complete: true });
    expect(await store.count(vip, 20)).toMatchObject({ complete: false });
  });
});
