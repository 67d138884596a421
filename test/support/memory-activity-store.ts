import { byNewest, placeOf } from "#domain/activity/list-across.ts";
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
    list: async (profileId, { from = -Infinity, to = Infinity, event, cursor, limit }) => {
      const after = cursor === undefined ? undefined : readPlace(cursor);
      const rest = [...(logs.get(profileId)?.values() ?? [])]
        .filter(({ at }) => at >= from && at <= to)
        .filter((found) => event === undefined || found.event === event)
        .filter((found) => !after || byNewest(after, found) < 0)
        .toSorted(byNewest);
      const events = rest.slice(0, limit);
      const last = events.at(-1);
      return rest.length > limit && last ? { events, cursor: placeOf(last) } : { events };
    },
  };
}

function readPlace(cursor: string): { at: number; messageId: string } {
  const space = cursor.indexOf(" ");
  return { at: Number(cursor.slice(0, space)), messageId: cursor.slice(space + 1) };
}
