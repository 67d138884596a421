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
  /** The row of one person, a tombstone too; strongly consistent. */
  find(key: MembershipKey, profileId: ProfileId): Promise<TagRow | undefined>;
  /** One page of one segment of a scan over all rows, tombstones too. */
  scan(slice: { segment: number; segments: number; cursor?: string }): Promise<{ rows: TagRow[]; cursor?: string }>;
  /** Rows of one partition (memberships/tag-bucket.ts) of a membership, tombstones too; strongly consistent. */
  partition(
    key: MembershipKey,
    shard: number,
    page: { cursor?: string; limit: number },
  ): Promise<{ rows: TagRow[]; cursor?: string }>;
  /** Writes a row in place of the one that was seen: of that version, or none. Unlike `put` it may repair a row of the
   *  same or a later version; a row that has changed since is left alone. */
  mend(row: TagRow, seen: number | undefined): Promise<"written" | "stale">;
}
