/** Different values that one feature remembers: enough to say "64 or more". */
export const MAX_DISTINCT = 64;

/** Hash of a value → the newest bucket in which it occurred. A window that ends now has seen a value if, and only if,
 *  that bucket is in it: older ones need not be kept. */
export type DistinctValues = ReadonlyMap<number, number>;

/** Notes that a value occurred in a bucket. Gives back the very map where that says nothing new. */
export function noteValue(values: DistinctValues | undefined, hash: number, bucket: number): DistinctValues {
  if (values && (values.get(hash) ?? -Infinity) >= bucket) return values;
  return keepNewest(new Map(values).set(hash, bucket));
}

/** The newest bucket of each value of both. */
export function mergeValues(a: DistinctValues | undefined, b: DistinctValues): DistinctValues {
  const merged = new Map(a);
  for (const [hash, bucket] of b) merged.set(hash, Math.max(bucket, merged.get(hash) ?? -Infinity));
  return keepNewest(merged);
}

/** Keeps the newest, by bucket and then by hash. What is dropped is older than 64 others and stays so whatever comes, so
 *  that any order of notes and merges keeps the same values, and no window of fewer than 64 misses one. */
function keepNewest(values: Map<number, number>): DistinctValues {
  if (values.size <= MAX_DISTINCT) return values;
  return new Map([...values].toSorted(([a, x], [b, y]) => y - x || b - a).slice(0, MAX_DISTINCT));
}
