import type { CollectedEvent } from "#events/collected-event.ts";
import type { ProfileId } from "#domain/profile/state.ts";

export interface ActivityStore {
  /** Keeps the events as one chunk whose id is a hash of their messageIds: writing it again changes nothing. */
  append(profileId: ProfileId, events: readonly CollectedEvent[]): Promise<void>;
  /** Newest first, duplicates of a messageId left out. `from` and `to` are instants, both inclusive. */
  list(
    profileId: ProfileId,
    query: { from?: number; to?: number; event?: string; cursor?: string; limit: number },
  ): Promise<{ events: CollectedEvent[]; cursor?: string }>;
}
