import { describe, expect, test } from "vitest";
import { estimateUplift } from "#domain/measure/uplift.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

describe("uplift", () => {
  // The example is published with GrowthBook's statistics (packages/stats, tests/frequentist/test_tests.py,
  // test_sequential_test_runs_prop, MIT): the same confidence sequence with the same tuning.
  test("is the published example's", () => {
    const uplift = estimateUplift({ people: 3461, converted: 2422 }, { people: 3000, converted: 1396 });
    expect(uplift?.relative?.value).toBeCloseTo(0.50386, 5);
    expect(uplift?.relative?.low).toBeCloseTo(0.40098, 5);
    expect(uplift?.relative?.high).toBeCloseTo(0.60675, 5);
  });

  test("is tightest where it was tuned to be", () => {
    const widthOf = (tightestAt: number) => {
      const uplift = estimateUplift({ people: 3230, converted: 900 }, { people: 3230, converted: 800 }, tightestAt);
      return (uplift?.absolute.high ?? 0) - (uplift?.absolute.low ?? 0);
    };
    expect(widthOf(6_460)).toBeLessThan(widthOf(10));
    expect(widthOf(6_460)).toBeLessThan(widthOf(100_000));
  });

  test("says nothing where there is nobody, and nothing relative where nobody of the others converted", () => {
    expect(estimateUplift({ people: 0, converted: 0 }, { people: 5, converted: 1 })).toBeUndefined();
    expect(estimateUplift({ people: 5, converted: 5 }, { people: 5, converted: 0 })).toBeUndefined();
    const uplift = estimateUplift({ people: 50, converted: 5 }, { people: 50, converted: 0 });
    expect(uplift).toMatchObject({ absolute: { value: 0.1 } });
    expect(uplift).not.toHaveProperty("relative");
  });

  test("somebody who looks a hundred times at two equal arms is misled in at most 5 of 100 experiments", () => {
    const draw = seededNumbers(20261122);
    const experiments = 400;
    let misled = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const arms = [
        { people: 0, converted: 0 },
        { people: 0, converted: 0 },
      ] as const;
      let sure = false;
      for (let person = 0; person < 10_000; person++) {
        const arm = arms[person % 2 === 0 ? 0 : 1] as { people: number; converted: number };
        arm.people += 1;
        if (draw() < 0.1) arm.converted += 1;
        if (person % 100 !== 99 || person < 2_000) continue;
        const found = estimateUplift(arms[0], arms[1])?.absolute;
        sure ||= found !== undefined && (found.low > 0 || found.high < 0);
      }
      if (sure) misled += 1;
    }
    expect(misled / experiments).toBeLessThanOrEqual(0.05);
  });
});
