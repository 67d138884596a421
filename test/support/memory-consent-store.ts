import { placeOf } from "#domain/consents/ledger.ts";
import type { ConsentEntry, ConsentStore } from "#domain/ports/consent-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";

/** The consent ledger in memory. */
export function makeMemoryConsentStore(): ConsentStore {
  const ledgers = new Map<ProfileId, Map<string, ConsentEntry>>();
  return {
    append: async (profileId, entries) => {
      const ledger = ledgers.get(profileId) ?? new Map<string, ConsentEntry>();
      for (const entry of entries) if (!ledger.has(placeOf(entry))) ledger.set(placeOf(entry), entry);
      ledgers.set(profileId, ledger);
    },
    list: async (profileId, { cursor, limit }) => {
      const behind = [...(ledgers.get(profileId) ?? [])]
        .filter(([place]) => cursor === undefined || place < cursor)
        .toSorted(([a], [b]) => (a < b ? 1 : -1));
      const page = behind.slice(0, limit);
      const last = page.at(-1)?.[0];
      const entries = page.map(([, entry]) => entry);
      return behind.length > limit && last !== undefined ? { entries, cursor: last } : { entries };
    },
  };
}
