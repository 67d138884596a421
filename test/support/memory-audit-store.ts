import type { AuditEntry, AuditStore } from "#domain/ports/audit-store.ts";

/** The audit log in memory. `entries` gives all of it, in the order of first writing. */
export function makeMemoryAuditStore(): AuditStore & { entries: () => AuditEntry[] } {
  const kept = new Map<string, AuditEntry>();
  const keyOf = ({ at, id }: AuditEntry) => `${new Date(at).toISOString()}#${id}`;
  return {
    entries: () => [...kept.values()],
    record: async (entry) => {
      kept.set(keyOf(entry), structuredClone(entry));
    },
    list: async ({ from, to, cursor, limit }) => {
      const rest = [...kept]
        .filter(([key, { at }]) => at >= from && at <= to && (cursor === undefined || key < cursor))
        .toSorted(([a], [b]) => (a < b ? 1 : -1));
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      const entries = page.map(([, entry]) => entry);
      return rest.length > limit && last ? { entries, cursor: last[0] } : { entries };
    },
  };
}
