import { describe, expect, test } from "vitest";
import {
  addPreference,
  MAX_PREFERRED_VALUES,
  type Preference,
  prunePreference,
  rankPreference,
  weekOf,
} from "#domain/profile/preferences.ts";

const counts = (entries: Record<string, Record<number, number>>): Preference =>
  new Map(
    Object.entries(entries).map(([value, weeks]) => [
      value,
      new Map(Object.entries(weeks).map(([week, count]) => [Number(week), count])),
    ]),
  );
const order = (preference: Preference, week: number) => rankPreference(preference, week).map(({ value }) => value);

describe("preferences", () => {
  test("weeks begin on Monday", () => {
    const day = (text: string) => Date.parse(text) / 86_400_000;
    expect(weekOf(day("1970-01-01"))).toBe(0);
    expect(weekOf(day("1970-01-04"))).toBe(0);
    expect(weekOf(day("1970-01-05"))).toBe(1);
    expect(weekOf(day("2026-03-09")) - weekOf(day("2026-03-08"))).toBe(1);
  });

  test("an event weighs half after four weeks", () => {
    expect(rankPreference(counts({ tea: { 10: 3 }, coffee: { 14: 1 } }), 14)).toEqual([
      { value: "tea", score: 3 * 2 ** 19 },
      { value: "coffee", score: 2 ** 20 },
    ]);
    expect(order(counts({ tea: { 10: 3 }, coffee: { 18: 1 } }), 18)).toEqual(["coffee", "tea"]);
  });

  test("equals are ordered by their text, whichever came first", () => {
    const first = addPreference(addPreference(undefined, "tea", 3), "coffee", 3);
    const second = addPreference(addPreference(undefined, "coffee", 3), "tea", 3);
    expect([order(first, 3), order(second, 5)]).toEqual([
      ["coffee", "tea"],
      ["coffee", "tea"],
    ]);
  });

  test("what is older than a year goes, and over the cap the lightest", () => {
    const old = counts({ tea: { 1: 5, 60: 1 }, cake: { 2: 9 } });
    expect(prunePreference(old, 60)).toEqual({ preference: counts({ tea: { 60: 1 } }), truncated: false });
    const many = counts(Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`v${n}`, { 7: n + 1 }])));
    const { preference, truncated } = prunePreference(many, 7);
    expect([preference.size, truncated]).toEqual([MAX_PREFERRED_VALUES, true]);
    expect([order(preference, 7)[0], preference.has("v29"), preference.has("v30")]).toEqual(["v79", false, true]);
  });

  test("nothing to prune gives back the very map", () => {
    const fresh = counts({ tea: { 60: 1 } });
    expect(prunePreference(fresh, 60).preference).toBe(fresh);
  });
});
