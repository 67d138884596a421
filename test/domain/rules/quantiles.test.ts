import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  meanScore,
  nearestRank,
  QUINTILE_RANKS,
  quintile,
  type RfmSegment,
  reverseQuintile,
  rfmSegment,
  rfmSegments,
} from "#domain/rules/quantiles.ts";

const RUNS = { numRuns: 1000 };
const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 60 });
const thresholdsOf = (all: readonly number[]) => {
  const ascending = all.toSorted((a, b) => a - b);
  return QUINTILE_RANKS.map((rank) => nearestRank(ascending, rank) ?? Number.NaN);
};

describe("nearest-rank quantiles", () => {
  test("are values of the population", () => {
    const five = [15, 20, 35, 40, 50];
    expect([0.05, 0.3, 0.4, 0.5, 1].map((rank) => nearestRank(five, rank))).toEqual([15, 20, 20, 35, 50]);
    expect(nearestRank([], 0.5)).toBeUndefined();
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    for (let n = 1; n <= 100; n++) expect(nearestRank(hundred, n / 100)).toBe(n);
  });

  test("are the smallest that so many do not exceed", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 100 }), (all, percent) => {
        const found = nearestRank(
          all.toSorted((a, b) => a - b),
          percent / 100,
        );
        const notAbove = (limit: number) => all.filter((value) => value <= limit).length * 100;
        expect(notAbove(found ?? Number.NaN)).toBeGreaterThanOrEqual(percent * all.length);
        for (const smaller of all.filter((value) => value < (found ?? 0))) {
          expect(notAbove(smaller)).toBeLessThan(percent * all.length);
        }
      }),
      RUNS,
    );
  });
});

describe("quintile scores", () => {
  test("ten people in five pairs, and the other way round for recency", () => {
    const ten = Array.from({ length: 10 }, (_, n) => n + 1);
    const thresholds = thresholdsOf(ten);
    expect(thresholds).toEqual([2, 4, 6, 8]);
    expect(ten.map((value) => quintile(value, thresholds))).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(ten.map((value) => reverseQuintile(value, thresholds))).toEqual([5, 5, 4, 4, 3, 3, 2, 2, 1, 1]);
  });

  test("ties stay together, more never scores less, and at most a fifth scores 5", () => {
    fc.assert(
      fc.property(values, (all) => {
        const thresholds = thresholdsOf(all);
        const scores = all.toSorted((a, b) => a - b).map((value) => quintile(value, thresholds));
        expect(scores).toEqual(scores.toSorted((a, b) => a - b));
        expect(scores.filter((score) => score === 5).length * 5).toBeLessThanOrEqual(all.length);
        expect(Math.min(...scores)).toBe(1);
      }),
      RUNS,
    );
  });
});

describe("RFM segments", () => {
  const table: [RfmSegment, number[], number[]][] = [
    ["champions", [5], [4, 5]],
    ["loyal", [3, 4], [4, 5]],
    ["potential-loyalist", [4, 5], [2, 3]],
    ["new", [5], [1]],
    ["promising", [4], [1]],
    ["needs-attention", [3], [3]],
    ["about-to-sleep", [3], [1, 2]],
    ["at-risk", [1, 2], [3, 4]],
    ["cannot-lose", [1, 2], [5]],
    ["hibernating", [2], [1, 2]],
    ["lost", [1], [1, 2]],
  ];

  test.each(table)("%s", (segment, rs, fms) => {
    for (const r of rs) for (const fm of fms) expect(rfmSegment(r, fm)).toBe(segment);
  });

  test("are eleven, and every pair of scores has one", () => {
    const cells = table.reduce((sum, [, rs, fms]) => sum + rs.length * fms.length, 0);
    expect([rfmSegments.length, cells]).toEqual([11, 25]);
    expect(() => rfmSegment(0, 3)).toThrow(RangeError);
  });

  test("the mean of frequency and money rounds a half up", () => {
    expect([meanScore(1, 1), meanScore(1, 2), meanScore(2, 5), meanScore(5, 4)]).toEqual([1, 2, 4, 5]);
  });
});
