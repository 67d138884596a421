import type { RefusalStore, RefusedEntries } from "#domain/ports/refusal-store.ts";

/** Counters of refused entries in memory. */
export function makeMemoryRefusalStore(): RefusalStore {
  const added: RefusedEntries[] = [];
  return {
    add: async (refused) => void added.push(...refused),
    ofJourney: async (journey, { from, to }) => {
      const counts = new Map<string, number>();
      for (const one of added) {
        if (one.journey !== journey || one.day < from || one.day > to) continue;
        counts.set(one.reason, (counts.get(one.reason) ?? 0) + one.count);
      }
      return counts;
    },
  };
}
