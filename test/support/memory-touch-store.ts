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
    scan: async ({ journey, segment, segments }) => ({
      touches: [...table.values()]
        .filter((_, n) => n % segments === segment)
        .map((stored) => copy(stored).touch)
        .filter((touch) => touch.journey === journey),
    }),
    findByProvider: async (provider, providerId) => links.get(`${provider} ${providerId}`),
  };
}
