import { tagBucketOf } from "#domain/memberships/tag-bucket.ts";
import type { TagRow } from "#domain/ports/tag-store.ts";
import { hashValue } from "#domain/profile/message-hash.ts";
import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";

/** Sums of hashes are kept below this, so that they stay exact integers. */
const MODULUS = 2 ** 48;
/** Which of so many leavers were seen as members is tried out; of more, the bucket is looked at row by row. */
const MAX_LEAVERS = 10;

/** Who is in one bucket of one membership: how many, and sums of hashes by which the same people are known again. */
interface BucketSum {
  readonly people: number;
  readonly ids: number;
  readonly sinces: number;
  /** Rows of people who left after the run began, by hash: they may have been seen as members before. */
  readonly leavers: readonly number[];
}

const NOBODY: BucketSum = { people: 0, ids: 0, sinces: 0, leavers: [] };

/** Members since before a run began, by membership and bucket. Those of any parts of everyone, or of the Tags table,
 *  merged in any order, are those of the whole. */
export type TagSums = Map<MembershipKey, Map<number, BucketSum>>;

/** Adds whoever is a member since before the run began. */
export function addMembers(sums: TagSums, { id, memberships }: Profile, startedAt: number): void {
  if (memberships.size === 0) return;
  const bucket = tagBucketOf(id);
  for (const [key, { since }] of memberships) if (since < startedAt) addTo(sums, key, bucket, sumOf(id, since));
}

/** Adds a row of the Tags table. Who came or left after the run began may or may not have been seen before. */
export function addRow(sums: TagSums, { key, profileId, since, left }: TagRow, startedAt: number): void {
  if (left !== since >= startedAt) return;
  const sum = left ? { ...NOBODY, leavers: [hashValue(profileId)] } : sumOf(profileId, since);
  addTo(sums, key, tagBucketOf(profileId), sum);
}

function sumOf(id: ProfileId, since: number): BucketSum {
  return { people: 1, ids: hashValue(id), sinces: hashValue(`${id} ${since}`), leavers: [] };
}

function addTo(sums: TagSums, key: MembershipKey, bucket: number, added: BucketSum): void {
  const ofKey = sums.get(key) ?? new Map<number, BucketSum>();
  sums.set(key, ofKey);
  const before = ofKey.get(bucket) ?? NOBODY;
  ofKey.set(bucket, {
    people: before.people + added.people,
    ids: (before.ids + added.ids) % MODULUS,
    sinces: (before.sinces + added.sinces) % MODULUS,
    // One more than is tried out says that there are too many.
    leavers: [...before.leavers, ...added.leavers].toSorted((a, b) => a - b).slice(0, MAX_LEAVERS + 1),
  });
}

/** Adds the second to the first, in place. */
export function mergeSums(into: TagSums, sums: TagSums): void {
  for (const [key, ofKey] of sums) for (const [bucket, sum] of ofKey) addTo(into, key, bucket, sum);
}

/** Where the rows of the table are not those of the people that were seen. */
export function findDisagreements(seen: TagSums, rows: TagSums): Map<MembershipKey, number[]> {
  const found = new Map<MembershipKey, number[]>();
  for (const key of new Set([...seen.keys(), ...rows.keys()])) {
    const [ofSeen, ofRows] = [seen.get(key), rows.get(key)];
    const buckets = new Set([...(ofSeen?.keys() ?? []), ...(ofRows?.keys() ?? [])]);
    const wrong = [...buckets].filter((bucket) => !agree(ofSeen?.get(bucket) ?? NOBODY, ofRows?.get(bucket) ?? NOBODY));
    if (wrong.length > 0) found.set(key, wrong);
  }
  return found;
}

/** Whether those seen are those of the rows, and some of whoever left since. */
function agree(seen: BucketSum, rows: BucketSum): boolean {
  const missing = seen.people - rows.people;
  if (missing === 0) return seen.ids === rows.ids && seen.sinces === rows.sinces;
  if (missing < 0 || missing > rows.leavers.length || rows.leavers.length > MAX_LEAVERS) return false;
  return isSumOfSome(rows.leavers, missing, (seen.ids - rows.ids + MODULUS) % MODULUS);
}

/** Whether `count` of these numbers add up to `wanted`. */
function isSumOfSome(numbers: readonly number[], count: number, wanted: number): boolean {
  if (count === 0) return wanted === 0;
  if (numbers.length < count) return false;
  const [first = 0, ...rest] = numbers;
  return isSumOfSome(rest, count - 1, (wanted - first + MODULUS) % MODULUS) || isSumOfSome(rest, count, wanted);
}

type EncodedSums = readonly (readonly [MembershipKey, readonly (readonly [number, BucketSum])[]])[];

/** As JSON; `decodeSums` reads it back. */
export function encodeSums(sums: TagSums): EncodedSums {
  return Array.from(sums, ([key, ofKey]) => [key, [...ofKey]] as const);
}

export function decodeSums(encoded: unknown): TagSums {
  return new Map((encoded as EncodedSums).map(([key, ofKey]) => [key, new Map(ofKey)]));
}
