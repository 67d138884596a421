import type { Profile, ProfileId } from "#domain/profile/state.ts";

export interface ProfileStore {
  /** Strongly consistent; frozen and merged people included. Ids that are not stored are absent from the map. */
  load(ids: readonly ProfileId[]): Promise<Map<ProfileId, Profile>>;
  /** Writes the profile whole if the stored version is `profile.version - 1` (nothing stored counts as 0). */
  save(profile: Profile): Promise<"saved" | "conflict">;
  /** Empties the outbox that was written as `version`; a later writer has already published it where this conflicts. */
  clearOutbox(id: ProfileId, version: number): Promise<"cleared" | "conflict">;
  /** One page of one segment of a scan over everyone, people who are no more (merged, split) left out unless `former`
   *  asks for them too. */
  scan(slice: {
    segment: number;
    segments: number;
    former?: boolean;
    cursor?: string;
  }): Promise<{ profiles: Profile[]; cursor?: string }>;
}
