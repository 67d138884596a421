import type { TagRow, TagStore } from "#domain/ports/tag-store.ts";

/** The Tags table in memory. `rows` has tombstones too. */
export function makeMemoryTagStore(): TagStore & { rows(): TagRow[] } {
  const table = new Map<string, TagRow>();
  const present = (key: string) => [...table.values()].filter((row) => row.key === key && !row.left);
  return {
    rows: () => [...table.values()],
    put: async (row) => {
      const id = `${row.key} ${row.profileId}`;
      if ((table.get(id)?.version ?? -1) >= row.version) return "stale";
      table.set(id, row);
      return "written";
    },
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
