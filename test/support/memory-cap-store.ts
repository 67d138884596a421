import type { CapKey, CapStore, CapUses } from "#domain/ports/cap-store.ts";

/** The Caps table in memory. */
export function makeMemoryCapStore(): CapStore {
  const table = new Map<string, CapUses>();
  const keyOf = ({ channel, category, address }: CapKey) => `${channel}#${category}#${address}`;
  return {
    find: async (key) => table.get(keyOf(key)) ?? { revision: 0, uses: [] },
    save: async (key, next) => {
      if ((table.get(keyOf(key))?.revision ?? 0) !== next.revision - 1) return "conflict";
      table.set(keyOf(key), { revision: next.revision, uses: next.uses.map((use) => ({ ...use })) });
      return "saved";
    },
  };
}
