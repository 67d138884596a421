import type { StoredTouch, TouchStore } from "#domain/ports/touch-store.ts";
import type { Touch } from "#domain/touches/touch.ts";

/** The send ledger in memory, kept as JSON as DynamoDB would. `all` gives every touch, in the order of requests. */
export function makeMemoryTouchStore(): TouchStore & { all(): Touch[] } {
  const table = new Map<string, StoredTouch>();
  const links = new Map<string, string>();
  const copy = (stored: StoredTouch): StoredTouch => JSON.parse(JSON.stringify(stored)) as StoredTouch;
  return {
    all: () => [...table.values()].map((stored) => copy(stored).touch),
    find: async (touchId) => {
      const stored = table.get(touchId);
      return stored && copy(stored);
    },
    save: async (stored) => {
      if ((table.get(stored.touch.id)?.revision ?? 0) !== stored.revision - 1) return "conflict";
      table.set(stored.touch.id, copy(stored));
      return "saved";
    },
    linkProvider: async ({ provider, providerId, touchId }) => void links.set(`${provider} ${providerId}`, touchId),
    findAll: async (touchIds) =>
      [...new Set(touchIds)].flatMap((id) => {
        const stored = table.get(id);
        return stored ? [copy(stored).touch] : [];
      }),
    findByProvider: async (provider, providerId) => links.get(`${provider} ${providerId}`),
  };
}
