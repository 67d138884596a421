import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DistinctValues, MAX_DISTINCT, mergeValues, noteValue } from "#domain/profile/distinct-values.ts";

const RUNS = { numRuns: 1000 };
const note = fc.record({ hash: fc.nat({ max: 120 }), bucket: fc.nat({ max: 30 }) });
const notes = fc.array(note, { maxLength: 200, size: "max" });
type Note = { hash: number; bucket: number };

function noteAll(all: readonly Note[]): DistinctValues {
  return all.reduce<DistinctValues>((values, { hash, bucket }) => noteValue(values, hash, bucket), new Map());
}
const sorted = (values: DistinctValues) => [...values].toSorted(([a], [b]) => a - b);

describe("distinct values, far beyond their cap", () => {
  test("any order and any merging keeps the same values", () => {
    fc.assert(
      fc.property(notes, notes, notes, (a, b, c) => {
        const all = sorted(noteAll([...a, ...b, ...c]));
        expect(sorted(noteAll([...c, ...a, ...b, ...a]))).toEqual(all);
        expect(sorted(mergeValues(mergeValues(noteAll(a), noteAll(b)), noteAll(c)))).toEqual(all);
        expect(sorted(mergeValues(noteAll(c), mergeValues(noteAll(b), noteAll(a))))).toEqual(all);
      }),
      RUNS,
    );
  });

  test("every window that ends with the newest is counted exactly up to 64", () => {
    let beyond = 0;
    fc.assert(
      fc.property(notes, fc.nat({ max: 30 }), (all, from) => {
        const kept = noteAll(all);
        const counted = [...kept.values()].filter((bucket) => bucket >= from).length;
        const truth = new Set(all.filter(({ bucket }) => bucket >= from).map(({ hash }) => hash)).size;
        if (truth > MAX_DISTINCT) beyond++;
        expect(counted).toBe(Math.min(truth, MAX_DISTINCT));
        expect(kept.size).toBeLessThanOrEqual(MAX_DISTINCT);
      }),
      RUNS,
    );
    expect(beyond).toBeGreaterThan(20);
  });
});
