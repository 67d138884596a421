import type { QuantileSpec, Thresholds } from "#domain/rules/population.ts";
import type { Population } from "./brute-force/settings.ts";

/** What a population would be at its very top: days, orders, minor units, ten-thousandths. Its quantiles lie evenly. */
const TOPS: Readonly<Record<string, number>> = {
  "orders.daysSinceLast": 60,
  "orders.count": 5,
  "orders.revenue": 9000,
  revenue: 6000,
  discount: 430,
  quantity: 60_000,
};

function valueAt(of: string, share: number): number {
  return Math.round((TOPS[of] ?? 0) * share);
}

/** The population as the brute-force evaluator reads it. */
export function givenPopulation(day: number): Population {
  return { day, quantile: (_, of, share) => valueAt(of, share) };
}

/** The same as a re-tiering run would have found it. */
export function givenThresholds(quantiles: readonly QuantileSpec[], at: number, day: number): Thresholds {
  const values = quantiles.map(({ id, measure, ranks }) => {
    const of = typeof measure === "string" ? measure : nameOf(measure.measure);
    return [id, new Map(ranks.map((rank) => [rank, valueAt(of, rank)]))] as const;
  });
  return { at, day, exact: true, values: new Map(values) };
}

function nameOf(measure: Exclude<QuantileSpec["measure"], string>["measure"]): string {
  return typeof measure !== "string" && "sum" in measure ? measure.sum : "";
}
