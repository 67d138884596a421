import * as z from "zod";
import { hashValue } from "#domain/profile/message-hash.ts";

/** Values of one tag that a tally counts; what is beyond it is left out, whoever counts in whatever order. */
export const MAX_VALUES = 1_000;

/** What a counter counts of: a day, a tier, a number of days; empty where it counts everyone. */
export type CounterKey = string | number;

/** What has been counted of some people: integers by name and key, so that the tallies of any slices of everyone, merged
 *  in any order, are those of everyone. Its size depends on days, ladders and tags, and not on how many people there are. */
export interface Tally {
  readonly counts: Map<string, Map<CounterKey, number>>;
  /** People by value, for each tag with values: the one part whose names come from clients. */
  readonly values: Map<string, Map<string, number>>;
}

export function newTally(): Tally {
  return { counts: new Map(), values: new Map() };
}

/** Adds to one counter, in place. */
export function count({ counts }: Tally, name: string, key: CounterKey = "", by = 1): void {
  const named = counts.get(name);
  if (named) named.set(key, (named.get(key) ?? 0) + by);
  else counts.set(name, new Map([[key, by]]));
}

export function countOf(tally: Tally, name: string, key: CounterKey = ""): number {
  return tally.counts.get(name)?.get(key) ?? 0;
}

/** Adds to the counter of one value of a tag, in place. */
export function countValue(tally: Tally, tag: string, value: string, by = 1): void {
  const counts = tally.values.get(tag) ?? new Map<string, number>();
  tally.values.set(tag, counts.set(value, (counts.get(value) ?? 0) + by));
  // Cut at twice the cap, so that cutting costs little each.
  if (counts.size > 2 * MAX_VALUES) cutValues(tally, tag);
}

/** The counts of a tag's values, exact for each that is there. */
export function valuesOf(tally: Tally, tag: string): ReadonlyMap<string, number> {
  cutValues(tally, tag);
  return tally.values.get(tag) ?? new Map<string, number>();
}

/** Which values stay must not depend on the order of counting: those with the smallest hashes are among the smallest of
 *  every slice that has seen them, so that what is kept at the end was never left out anywhere. */
function cutValues(tally: Tally, tag: string): void {
  const counts = tally.values.get(tag);
  if (!counts || counts.size <= MAX_VALUES) return;
  const byHash = [...counts.keys()]
    .map((value) => ({ value, hash: hashValue(value) }))
    .toSorted((a, b) => a.hash - b.hash || (a.value < b.value ? -1 : 1));
  for (const { value } of byHash.slice(MAX_VALUES)) counts.delete(value);
}

/** Both together. Commutative and associative as to every figure. Pure. */
export function mergeTallies(a: Tally, b: Tally): Tally {
  const merged: Tally = { counts: copyOf(a.counts), values: copyOf(a.values) };
  for (const [name, counts] of b.counts) for (const [key, value] of counts) count(merged, name, key, value);
  for (const [tag, counts] of b.values) for (const [value, people] of counts) countValue(merged, tag, value, people);
  return merged;
}

function copyOf<Key>(counts: ReadonlyMap<string, ReadonlyMap<Key, number>>): Map<string, Map<Key, number>> {
  return new Map([...counts].map(([name, of]) => [name, new Map(of)]));
}

function countsBy<Key extends z.ZodType>(key: Key) {
  return z.array(z.tuple([z.string(), z.array(z.tuple([key, z.int()]))]));
}

const EncodedTally = z.object({
  v: z.literal(1),
  counts: countsBy(z.union([z.string(), z.int()])),
  values: countsBy(z.string()),
});

/** A tally as JSON; `decodeTally` reads it back. */
export function encodeTally({ counts, values }: Tally): z.infer<typeof EncodedTally> {
  return { v: 1, counts: entriesOf(counts), values: entriesOf(values) };
}

function entriesOf<Key>(counts: ReadonlyMap<string, ReadonlyMap<Key, number>>): [string, [Key, number][]][] {
  return [...counts].map(([name, of]) => [name, [...of]]);
}

/** Throws ZodError for anything that `encodeTally` did not make. */
export function decodeTally(encoded: unknown): Tally {
  const { counts, values } = EncodedTally.parse(encoded);
  return {
    counts: new Map(counts.map(([name, of]) => [name, new Map(of)])),
    values: new Map(values.map(([tag, people]) => [tag, new Map(people)])),
  };
}
