import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

type Place = Pick<CollectedEvent, "at" | "messageId">;
type Query = Parameters<ActivityStore["list"]>[1];

/** One page of the behaviour logs of several people as if they were one log: a merge leaves each event where it was
 *  written, so a person's log is their own and those of everyone they absorbed (model.md §2). Newest first; an event
 *  that stands in two logs is there once. A cursor is a place in time, not in one log: it is good for all of them. */
export async function listAcross(
  activity: Pick<ActivityStore, "list">,
  ids: Iterable<ProfileId>,
  query: Query,
): Promise<{ events: CollectedEvent[]; cursor?: string }> {
  const pages = await Promise.all(Array.from(new Set(ids), (id) => activity.list(id, query)));
  const [only] = pages;
  if (only && pages.length === 1) return only;
  const all = new Map(pages.flatMap(({ events }) => events.map((event) => [placeOf(event), event])));
  const newestFirst = [...all.values()].toSorted(byNewest);
  // The newest of all stand among the newest of each.
  const events = newestFirst.slice(0, query.limit);
  const last = events.at(-1);
  const isMore = newestFirst.length > query.limit || pages.some(({ cursor }) => cursor !== undefined);
  return isMore && last ? { events, cursor: placeOf(last) } : { events };
}

/** The order of a behaviour log: newest first; of one instant, the greater messageId. */
export function byNewest(a: Place, b: Place): number {
  return b.at - a.at || (a.messageId < b.messageId ? 1 : a.messageId > b.messageId ? -1 : 0);
}

/** The cursor behind an event: everything older follows it (ActivityStore.list). */
export function placeOf({ at, messageId }: Place): string {
  return `${at} ${messageId}`;
}
