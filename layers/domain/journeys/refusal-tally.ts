import type { RefusalStore, RefusedEntries } from "#domain/ports/refusal-store.ts";

/** Refused entries of one batch, added up before they are written: a storm of triggers costs a write for each journey and
 *  reason. */
export interface RefusalTally {
  readonly note: (refused: Omit<RefusedEntries, "count">) => void;
  /** Writes what was noted since the last time. Never rejects: a batch is not worked again for the sake of a figure. */
  readonly flush: () => Promise<void>;
}

/** `onFailure` hears why counts were lost. */
export function makeRefusalTally(
  store: Pick<RefusalStore, "add">,
  onFailure: (error: unknown, lost: number) => void,
): RefusalTally {
  const noted = new Map<string, RefusedEntries>();
  return {
    note({ journey, day, reason }) {
      const key = `${journey} ${day} ${reason}`;
      noted.set(key, { journey, day, reason, count: (noted.get(key)?.count ?? 0) + 1 });
    },

    async flush() {
      const refused = [...noted.values()];
      noted.clear();
      if (refused.length === 0) return;
      try {
        await store.add(refused);
      } catch (error) {
        onFailure(
          error,
          refused.reduce((sum, { count }) => sum + count, 0),
        );
      }
    },
  };
}
