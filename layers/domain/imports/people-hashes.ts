import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";

const HASH_BYTES = 8;

/** People as 8-byte hashes: that any of 20 million is taken for one of 20 million others has a chance of 1 in 46,000. */
export function writeHashes(people: Iterable<ProfileId>): Uint8Array {
  return Buffer.concat(Array.from(people, (id) => createHash("sha256").update(id).digest().subarray(0, HASH_BYTES)));
}

/** Joins what `writeHashes` gave into a set that takes 8 bytes a person. */
export async function readHashes(
  parts: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<{ has(id: ProfileId): boolean }> {
  const sorted = new BigUint64Array(bytes / HASH_BYTES);
  let length = 0;
  for await (const part of parts) {
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    for (let at = 0; at < part.byteLength; at += HASH_BYTES) sorted[length++] = view.getBigUint64(at);
  }
  sorted.sort();
  return {
    has(id) {
      const wanted = createHash("sha256").update(id).digest().readBigUInt64BE();
      let low = 0;
      for (let high = sorted.length; low < high; ) {
        const middle = (low + high) >>> 1;
        if ((sorted[middle] ?? 0n) < wanted) low = middle + 1;
        else high = middle;
      }
      return sorted[low] === wanted;
    },
  };
}
