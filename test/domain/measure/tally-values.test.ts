import fc from "fast-check";
import { expect, test } from "vitest";
import { countValue, MAX_VALUES, mergeTallies, newTally, type Tally, valuesOf } from "#domain/measure/tally.ts";

function tallyOf(values: readonly string[]): Tally {
  const tally = newTally();
  for (const value of values) countValue(tally, "top-category", value);
  return tally;
}

test("of more values than a tally keeps the same are left out, however everyone is cut into slices, and the rest is exact", () => {
  const people = Array.from({ length: 5_000 }, (_, n) => `category-${(n * 7) % 2_600}`);
  const all = valuesOf(tallyOf(people), "top-category");
  expect(all.size).toBe(MAX_VALUES);
  const exact = new Map<string, number>();
  for (const value of people) exact.set(value, (exact.get(value) ?? 0) + 1);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: people.length }), { maxLength: 5 }),
      fc.boolean(),
      (cuts, reversed) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), people.length];
        const slices = edges.slice(1).map((to, n) => tallyOf(people.slice(edges[n], to)));
        const merged = (reversed ? slices.toReversed() : slices).reduce(mergeTallies, newTally());
        expect(valuesOf(merged, "top-category")).toEqual(all);
      },
    ),
    { numRuns: 30 },
  );
  for (const [value, count] of all) expect(count).toBe(exact.get(value));
});
