import { tagShardOf } from "#domain/memberships/tag-bucket.ts";
import type { TagRow, TagStore } from "#domain/ports/tag-store.ts";

/** The Tags table in memory. `rows` has tombstones too; `forget` loses a row. */
export function makeMemoryTagStore(): TagStore & { rows(): TagRow[]; forget(row: TagRow): void } {
  const table = new Map<string, TagRow>();
  const present = (key: string) => [...table.values()].filter((row) => row.key === key && !row.left);
  return {
    rows: () => [...table.values()],
    forget: ({ key, profileId }) => void table.delete(`${key} ${profileId}`),
    put: async (row) => {
      const id = `${row.key} ${row.profileId}`;
      if ((table.get(id)?.version ?? -1) >= row.version) return "stale";
      table.set(id, row);
      return "written";
    },
    mend: async (row, seen) => {
      const id = `${row.key} ${row.profileId}`;
      if (table.get(id)?.version !== seen) return "stale";
      table.set(id, row);
      return "written";
    },
    find: async (key, profileId) => table.get(`${key} ${profileId}`),
    scan: async ({ segment, segments, cursor = "0" }) =>
      pageOf(
        [...table.values()].filter(({ profileId }) => tagShardOf(profileId) % segments === segment),
        cursor,
        20,
      ),
    partition: async (key, shard, { cursor = "0", limit }) =>
      pageOf(
        [...table.values()].filter((row) => row.key === key && tagShardOf(row.profileId) === shard),
        cursor,
        limit,
      ),
    members: async (key, { cursor = "0", limit }) => {
      const all = present(key);
      const start = Number(cursor);
      const members = all.slice(start, start + limit).map(({ profileId, since }) => ({ profileId, since }));
      return start + limit < all.length ? { members, cursor: String(start + limit) } : { members };
    },
    count: async (key, limit) => {
      const count = present(key).length;
      return { count, complete: count <= limit };
    },
  };
}

function pageOf(rows: readonly TagRow[], cursor: string, limit: number): { rows: TagRow[]; cursor?: string } {
  const end = Number(cursor) + limit;
  return { rows: rows.slice(Number(cursor), end), ...(end < rows.length && { cursor: String(end) }) };
}
