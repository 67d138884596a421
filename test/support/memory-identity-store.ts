import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";

/** The index from identifiers to people, in memory. */
export function makeMemoryIdentityStore(): IdentityStore & { rows: Map<IdentifierKey, ProfileId> } {
  const rows = new Map<IdentifierKey, ProfileId>();
  return {
    rows,
    find: async (keys) =>
      new Map(
        keys.flatMap((key): [IdentifierKey, ProfileId][] => {
          const id = rows.get(key);
          return id === undefined ? [] : [[key, id]];
        }),
      ),
    claim: async (key, profileId) => {
      const holder = rows.get(key) ?? profileId;
      if (holder !== profileId) return "taken";
      rows.set(key, profileId);
      return "claimed";
    },
    repoint: async (key, from, to) => {
      if (rows.get(key) !== from) return "conflict";
      rows.set(key, to);
      return "repointed";
    },
  };
}
