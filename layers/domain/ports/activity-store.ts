import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

export interface ActivityStore {
  /** Keeps the events as one chunk whose id is a hash of their messageIds: writing it again changes nothing. They are
   *  kept for `keepDays` from when they were received. */
  append(profileId: ProfileId, events: readonly CollectedEvent[], keepDays: number): Promise<void>;
  /** Newest first (of one instant, the greater messageId), duplicates of a messageId left out. `from` and `to` are
   *  instants, both inclusive. `cursor` is the place behind an event, `<at> <messageId>`: what is older follows, in the
   *  log of any person. */
  list(
    profileId: ProfileId,
    query: { from?: number; to?: number; event?: string; cursor?: string; limit: number },
  ): Promise<{ events: CollectedEvent[]; cursor?: string }>;
}
