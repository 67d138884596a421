import type { ConflictStore, IdentityConflict } from "#domain/ports/conflict-store.ts";

/** Refused links in memory. */
export function makeMemoryConflictStore(): ConflictStore {
  const items = new Map<string, IdentityConflict>();
  return {
    add: async (conflict) => {
      const id = `${conflict.reason} ${conflict.key}`;
      items.set(id, { ...conflict, count: conflict.count + (items.get(id)?.count ?? 0) });
    },
    list: async ({ cursor, limit }) => {
      const after = [...items]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .filter(([id]) => cursor === undefined || id > cursor);
      const page = after.slice(0, limit);
      const last = page.at(-1)?.[0];
      const conflicts = page.map(([, conflict]) => conflict);
      return after.length > limit && last !== undefined ? { conflicts, cursor: last } : { conflicts };
    },
  };
}
