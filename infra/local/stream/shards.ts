import { createHash } from "node:crypto";

const keySpace = 1n << 128n;

/** One shard's slice of the hash key space, both ends inclusive. */
export interface Shard {
  readonly id: string;
  readonly from: bigint;
  readonly to: bigint;
}

/** Splits the key space evenly, as Kinesis does for a new stream. */
export function splitKeySpace(count: number): Shard[] {
  const width = keySpace / BigInt(count);
  return Array.from({ length: count }, (_, index) => ({
    id: `shardId-${String(index).padStart(12, "0")}`,
    from: width * BigInt(index),
    to: index === count - 1 ? keySpace - 1n : width * BigInt(index + 1) - 1n,
  }));
}

/** Kinesis takes the MD5 of the partition key as a number (Kinesis developer guide, "Partition key"). */
export function hashKey(partitionKey: string, explicitHashKey?: string): bigint {
  if (explicitHashKey !== undefined) return BigInt(explicitHashKey);
  return BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`);
}
