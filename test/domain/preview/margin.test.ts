import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimatePopulation, scaleCount, wilsonInterval } from "#domain/preview/margin.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

describe("the margin of a sample", () => {
  test("is the Wilson interval where the population is large", () => {
    // 10 of 50: the textbook's 0.1124 to 0.3304.
    const { low, high } = wilsonInterval(10, 50, 1e12);
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(["0.1124", "0.3304"]);
  });

  test("shrinks with the part of the population that was seen, and is nothing where all of it was", () => {
    const widths = [1e12, 1000, 100, 60, 50].map((population) => {
      const { low, high } = wilsonInterval(10, 50, population);
      return high - low;
    });
    expect(widths).toEqual(widths.toSorted((a, b) => b - a));
    expect(wilsonInterval(10, 50, 50)).toEqual({ low: 0.2, high: 0.2 });
  });

  test("of everyone is the count itself", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (seen, part) => {
        const hits = Math.floor(part * seen);
        const population = estimatePopulation(seen, 1);
        expect(population).toEqual({ seen, people: seen, low: seen, high: seen });
        expect(scaleCount(hits, population)).toEqual({ seen: hits, people: hits, low: hits, high: hits });
      }),
    );
  });

  test("never denies what was seen, and lies around the estimate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0.0001, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seen, share, part) => {
          const hits = Math.floor(part * seen);
          const population = estimatePopulation(seen, share);
          const { people, low, high } = scaleCount(hits, population);
          expect(low).toBeGreaterThanOrEqual(hits);
          expect(high).toBeLessThanOrEqual(population.high - (seen - hits));
          expect(low).toBeLessThanOrEqual(people);
          expect(high).toBeGreaterThanOrEqual(people);
        },
      ),
    );
  });

  test("holds the truth in at least 93 of 100 samples", () => {
    const random = seededNumbers(7);
    for (const [people, hits, share] of [
      [5_000, 200, 0.1],
      [5_000, 4_800, 0.2],
      [20_000, 60, 0.05],
      [2_000, 1_000, 0.5],
    ] as const) {
      let right = 0;
      for (let sample = 0; sample < 400; sample++) {
        let seen = 0;
        let hit = 0;
        for (let person = 0; person < people; person++) {
          if (random() >= share) continue;
          seen++;
          if (person < hits) hit++;
        }
        const { low, high } = scaleCount(hit, estimatePopulation(seen, share));
        if (low <= hits && hits <= high) right++;
      }
      expect(right).toBeGreaterThanOrEqual(372);
    }
  });
});
