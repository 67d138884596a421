import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";

export interface TagRow {
  readonly key: MembershipKey;
  readonly profileId: ProfileId;
  /** The profile version that made it true: an older one never overwrites a newer one. */
  readonly version: number;
  readonly since: number;
  /** True: a tombstone. */
  readonly left: boolean;
}

export interface TagStore {
  put(row: TagRow): Promise<"written" | "stale">;
  /** Members in no particular order, tombstones left out. */
  members(
    key: MembershipKey,
    page: { cursor?: string; limit: number },
  ): Promise<{ members: { profileId: ProfileId; since: number }[]; cursor?: string }>;
  /** Counts members, stopping once more than `limit` are seen. */
  count(key: MembershipKey, limit: number): Promise<{ count: number; complete: boolean }>;
}
