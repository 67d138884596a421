import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** The behaviour log in memory. */
export function makeMemoryActivityStore(): ActivityStore {
  const logs = new Map<ProfileId, Map<string, CollectedEvent>>();
  return {
    append: async (profileId, events) => {
      const log = logs.get(profileId) ?? new Map<string, CollectedEvent>();
      for (const event of events) log.set(event.messageId, event);
      logs.set(profileId, log);
    },
    list: async (profileId, { from = -Infinity, to = Infinity, event, cursor = "0", limit }) => {
      const newestFirst = [...(logs.get(profileId)?.values() ?? [])]
        .filter(({ at }) => at >= from && at <= to)
        .filter((found) => event === undefined || found.event === event)
        .toSorted((a, b) => b.at - a.at || (a.messageId < b.messageId ? 1 : -1));
      const start = Number(cursor);
      const events = newestFirst.slice(start, start + limit);
      return start + limit < newestFirst.length ? { events, cursor: String(start + limit) } : { events };
    },
  };
}
