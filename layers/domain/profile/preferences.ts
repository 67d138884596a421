import type { Buckets } from "./state.ts";

/** Weeks of counts that are kept, the newest included: what is older weighs less than 1 / 8,192. */
export const PREFERENCE_WEEKS = 52;
/** Values of one property that a person keeps counts of. */
export const MAX_PREFERRED_VALUES = 50;
/** A value becomes part of a membership's key: longer texts are no preferences. */
export const MAX_VALUE_CHARACTERS = 100;
/** Weeks after which an event weighs half. */
const HALF_LIFE_WEEKS = 4;
/** Integers, so that scores are exact sums: the weight of an event `age` weeks old is 2^20 × 2^(−age / 4), rounded. */
const WEIGHTS = Array.from({ length: PREFERENCE_WEEKS + 1 }, (_, age) =>
  Math.round(2 ** 20 * 2 ** (-age / HALF_LIFE_WEEKS)),
);

/** Weekly counts by value. */
export type Preference = ReadonlyMap<string, Buckets>;

export interface Preferred {
  readonly value: string;
  /** Σ over weeks: events × weight of the week. */
  readonly score: number;
}

/** The week of a calendar day, beginning on Monday: 0 is that of 1970-01-01. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

export function addPreference(preference: Preference | undefined, value: string, week: number): Preference {
  const weeks = preference?.get(value);
  return new Map(preference).set(value, new Map(weeks).set(week, (weeks?.get(week) ?? 0) + 1));
}

/** Adds the counts of both, week by week. */
export function mergePreferences(a: Preference | undefined, b: Preference): Preference {
  const merged = new Map(a);
  for (const [value, weeks] of b) {
    const sums = new Map(merged.get(value));
    for (const [week, count] of weeks) sums.set(week, (sums.get(week) ?? 0) + count);
    merged.set(value, sums);
  }
  return merged;
}

/** Values by what they weigh, the heaviest first, equals by their text. Weeks are counted back from the newest event of
 *  the person and not from now: time alone makes all scores smaller alike and changes no order. */
export function rankPreference(preference: Preference, newestWeek: number): Preferred[] {
  return Array.from(preference, ([value, weeks]) => ({ value, score: scoreOf(weeks, newestWeek) })).toSorted(
    (a, b) => b.score - a.score || (a.value < b.value ? -1 : 1),
  );
}

function scoreOf(weeks: Buckets, newestWeek: number): number {
  let score = 0;
  for (const [week, count] of weeks) score += count * (WEIGHTS[Math.max(0, newestWeek - week)] ?? 0);
  return score;
}

/** Drops weeks that are too old, and over the cap the lightest values. Gives back the very map where nothing goes. */
export function prunePreference(
  preference: Preference,
  newestWeek: number,
): { preference: Preference; truncated: boolean } {
  const oldest = newestWeek - PREFERENCE_WEEKS;
  let pruned = preference;
  for (const [value, weeks] of preference) {
    const kept = [...weeks].filter(([week]) => week >= oldest);
    if (kept.length === weeks.size) continue;
    const next = new Map(pruned);
    if (kept.length === 0) next.delete(value);
    else next.set(value, new Map(kept));
    pruned = next;
  }
  if (pruned.size <= MAX_PREFERRED_VALUES) return { preference: pruned, truncated: false };
  const heaviest = rankPreference(pruned, newestWeek).slice(0, MAX_PREFERRED_VALUES);
  const entries = heaviest.map(({ value }): [string, Buckets] => [value, pruned.get(value) ?? new Map()]);
  return { preference: new Map(entries), truncated: true };
}
