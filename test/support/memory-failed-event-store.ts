import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import type { FailedEvent } from "#events/failed-event.ts";

class NoSuchObject extends Error {
  readonly code = "failed_object_unknown";
}

/** Failed events in memory; objects are numbered so that the newest comes first by name. */
export function makeMemoryFailedEventStore(): FailedEventStore & { objects: Map<string, string> } {
  const objects = new Map<string, string>();
  let made = 0;
  return {
    objects,
    store: async (failed) => {
      if (failed.length === 0) return;
      made++;
      objects.set(`failed/2026-11-20/${String(99_999 - made)}.ndjson`, JSON.stringify(failed));
    },
    list: async ({ cursor = "", limit }) => {
      const rest = [...objects.keys()].toSorted().filter((object) => object > cursor);
      const page = rest.slice(0, limit);
      const last = page.at(-1);
      return rest.length > limit && last !== undefined ? { objects: page, cursor: last } : { objects: page };
    },
    read: async (object) => {
      const text = objects.get(object);
      if (text === undefined) throw new NoSuchObject(object);
      return JSON.parse(text) as FailedEvent[];
    },
    remove: async (object) => {
      objects.delete(object);
    },
  };
}
