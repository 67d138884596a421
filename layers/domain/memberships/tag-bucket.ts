import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";

/** A partition of the Tags table takes 1,000 write units a second: a popular membership is spread over this many. */
export const TAG_SHARDS = 16;
/** Parts of each partition that are compared by themselves: where one row is wrong, few are looked at. */
const PARTS = 64;

/** The partition of a membership in which a person's row lies. */
export function tagShardOf(profileId: ProfileId): number {
  return digestOf(profileId).readUInt16BE(0) % TAG_SHARDS;
}

/** The part of that partition. `shardOfBucket` gives the partition back. */
export function tagBucketOf(profileId: ProfileId): number {
  const digest = digestOf(profileId);
  return (digest.readUInt16BE(0) % TAG_SHARDS) * PARTS + (digest.readUInt8(2) % PARTS);
}

export function shardOfBucket(bucket: number): number {
  return Math.floor(bucket / PARTS);
}

function digestOf(profileId: ProfileId): Buffer {
  return createHash("sha256").update(profileId).digest();
}
