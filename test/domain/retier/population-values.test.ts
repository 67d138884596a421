import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import {
  decodeValues,
  encodeValues,
  findThresholds,
  mergeValues,
  PopulationCollector,
  type PopulationValues,
} from "#domain/retier/population-values.ts";
import { nearestRank } from "#domain/rules/quantiles.ts";
import type { Rule } from "#events/rule.ts";
import { NOON } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const DAY = Math.floor(NOON / 86_400_000);
const sum = { event: "Refilled", property: "points", within: "30d" } as const;
const RANKS = [0.07, 0.2, 0.5, 0.8, 1 - 1e-6];

function bundleOf(...rules: Rule[]) {
  const definitions = rules.map((rule, n) => {
    const definition = { kind: "tag", name: `t-${n}`, rule };
    return { kind: "tag", name: `t-${n}`, version: 1, definition };
  });
  return compileBundle({ version: 1, definitions });
}

const bundle = bundleOf(...RANKS.map((atLeast): Rule => ({ quantile: { of: { sum }, among: "all", atLeast } })));
const [spec] = bundle.quantiles;
if (!spec || typeof spec.measure === "string") throw new Error("a quantile of a sum");
const { id, measure } = spec;

/** A person whose sum within the window is this; what is outside does not count. */
function withSum(value: number): { state: ProfileState } {
  const buckets = new Map([
    [DAY, value - 7],
    [DAY - 29, 7],
    [DAY - 30, 1_000_000],
    [DAY + 1, 1_000_000],
  ]);
  return { state: { ...emptyState(), newestReceivedAt: NOON, features: new Map([[measure.id, buckets]]) } };
}

function collect(values: readonly number[]): PopulationValues {
  const collector = new PopulationCollector(bundle, NOON);
  for (const value of values) collector.add(withSum(value));
  return collector.values();
}

/** Values of so many people, without making each. */
function populationOf(values: readonly number[], people: number): PopulationValues {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { people, byQuantile: new Map([[id, counts]]) };
}

describe("the values of a population", () => {
  test("of any slices, merged in any order, give the nearest-rank thresholds of one pass", () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(values, fc.array(fc.nat(4), { minLength: 60, maxLength: 60 }), fc.nat(), (all, slices, seed) => {
        const next = seededNumbers(seed);
        const parts = [0, 1, 2, 3, 4].map((slice) => collect(all.filter((_, n) => slices[n] === slice)));
        const shuffled = parts
          .map((part) => ({ part: decodeValues(JSON.parse(JSON.stringify(encodeValues(part))) as never), at: next() }))
          .toSorted((a, b) => a.at - b.at);
        const merged = shuffled.map(({ part }) => part).reduce(mergeValues);
        const found = findThresholds(merged, bundle, NOON);
        expect(found).toEqual(findThresholds(collect(all), bundle, NOON));
        const ascending = all.toSorted((a, b) => a - b);
        for (const rank of RANKS) expect(found.values.get(id)?.get(rank)).toBe(nearestRank(ascending, rank));
        expect(found).toMatchObject({ at: NOON, day: DAY, exact: true });
      }),
    );
  });

  test("beyond a million people are within 1 % of the exact ones, and say so, in whatever order they are merged", () => {
    const amount = fc.oneof(fc.constant(0), fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), fc.nat(200));
    fc.assert(
      fc.property(fc.array(amount, { minLength: 2, maxLength: 80 }), (all) => {
        const half = Math.floor(all.length / 2);
        const parts = [populationOf(all.slice(0, half), 600_000), populationOf(all.slice(half), 600_000)] as const;
        const found = findThresholds(mergeValues(parts[0], parts[1]), bundle, NOON);
        expect(found).toEqual(findThresholds(mergeValues(parts[1], parts[0]), bundle, NOON));
        expect(found.exact).toBe(false);
        const ascending = all.toSorted((a, b) => a - b);
        for (const rank of RANKS) {
          const exact = nearestRank(ascending, rank) ?? 0;
          const error = Math.abs((found.values.get(id)?.get(rank) ?? Infinity) - exact);
          expect(error).toBeLessThanOrEqual(Math.abs(exact) * 0.01);
        }
      }),
    );
  });

  test("coarsened early, late or twice are the same", () => {
    const values = [-400, -3, 0, 1, 99, 101, 250, 12_345, 2 ** 40];
    const small = populationOf(values, 10);
    const large = populationOf(values, 1_000_001);
    const a = mergeValues(mergeValues(small, large), small);
    const b = mergeValues(mergeValues(small, small), large);
    expect(a).toEqual(b);
  });

  test("of buyers leave out who never bought; days since the last order are missing where there is none", () => {
    const rfm = bundleOf({ rfm: { r: [5] } }, { quantile: { of: "orders.count", among: "all", atLeast: 0.5 } });
    const collector = new PopulationCollector(rfm, NOON);
    collector.add({ state: { ...emptyState(), newestReceivedAt: NOON } });
    // Somebody of whom nothing but a reservation is known is nobody.
    collector.add({ state: emptyState() });
    const { values } = findThresholds(collector.values(), rfm, NOON);
    expect(values.get("buyers orders.count")?.size).toBe(0);
    expect(values.get("all orders.count")?.get(0.5)).toBe(0);
  });

  test("two windows of one sum are two quantiles", () => {
    const of = (within: string) => ({ sum: { ...sum, within } });
    const two = bundleOf({ quantile: { of: of("30d"), atLeast: 0.5 } }, { quantile: { of: of("90d"), atLeast: 0.5 } });
    expect(two.quantiles).toHaveLength(2);
  });
});
