import type { InappMessage, InappStore } from "#domain/ports/inapp-store.ts";

const KEPT_MS = 30 * 86_400_000;

/** Inboxes in memory. */
export function makeMemoryInappStore(now: () => number): InappStore {
  const table = new Map<string, { message: InappMessage; dismissed: boolean }>();
  const keyOf = (profileId: string, touchId: string) => `${profileId} ${touchId}`;
  return {
    put: async (profileId, message) => {
      const key = keyOf(profileId, message.touchId);
      if (!table.has(key)) table.set(key, { message: structuredClone(message), dismissed: false });
    },
    list: async (profileId, limit) =>
      [...table]
        .filter(([key, { dismissed }]) => key.startsWith(`${profileId} `) && !dismissed)
        .map(([, { message }]) => structuredClone(message))
        .filter(({ at }) => at + KEPT_MS > now())
        .toSorted((a, b) => b.at - a.at || (a.touchId < b.touchId ? -1 : 1))
        .slice(0, limit),
    dismiss: async (profileId, touchId) => {
      const row = table.get(keyOf(profileId, touchId));
      if (row) row.dismissed = true;
    },
  };
}
