import { sumOrders } from "#domain/profile/orders.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { Quantile, Rfm } from "#events/rule/leaves.ts";
import type { Rule } from "#events/rule.ts";
import { type FeatureSpec, quantileFeature } from "./features.ts";
import { QUINTILE_RANKS } from "./quantiles.ts";
import type { RuleSettings } from "./settings.ts";

export type OrderFigure = "orders.count" | "orders.revenue" | "orders.daysSinceLast";

/** Quantiles that rules in force ask for: what a re-tiering run has to find. */
export interface QuantileSpec {
  /** `buyers orders.revenue`: population and measure, of a sum with its window. */
  readonly id: string;
  readonly among: "buyers" | "all";
  readonly measure: OrderFigure | FeatureSpec;
  /** Ascending: 0.8 asks for the value that 80 % of the population do not exceed. */
  readonly ranks: readonly number[];
}

/** What the last re-tiering run found. Values are integers as profiles keep them: counts, days, minor units of the
 *  project's currency, ten-thousandths. */
export interface Thresholds {
  /** When the run began: milliseconds since 1970. */
  readonly at: number;
  /** The calendar day from which days since the last order are counted back: of the run, and of every answer until the
   *  next, so that nobody ages against a population that stands still. */
  readonly day: number;
  /** False: from a sketch, with a relative error of 1 % at most. */
  readonly exact: boolean;
  /** By id of the quantile, then by rank. */
  readonly values: ReadonlyMap<string, ReadonlyMap<number, number>>;
}

/** The quantile that a `quantile` leaf compares to. Of days since the last order less is better: its top 20 % are the
 *  first fifth. */
export function quantileOf({ of, among = "buyers", atLeast }: Quantile, settings: RuleSettings): QuantileSpec {
  const measure = typeof of === "string" ? of : quantileFeature(of.sum, settings);
  const rank = of === "orders.daysSinceLast" ? Math.round((1 - atLeast) * 1e9) / 1e9 : atLeast;
  return makeSpec(among, measure, [rank]);
}

export const RFM_FIGURES = { r: "orders.daysSinceLast", f: "orders.count", m: "orders.revenue" } as const;

/** The quintiles that an `rfm` leaf compares to. */
export function rfmQuantiles(_: Rfm): QuantileSpec[] {
  return Object.values(RFM_FIGURES).map((measure) => makeSpec("buyers", measure, QUINTILE_RANKS));
}

function makeSpec(
  among: QuantileSpec["among"],
  measure: QuantileSpec["measure"],
  ranks: readonly number[],
): QuantileSpec {
  const name = typeof measure === "string" ? measure : `${measure.id}/${measure.keep}`;
  return { id: `${among} ${name}`, among, measure, ranks };
}

/** Every quantile that the rules ask for, each with all the ranks that any of them does. */
export function planQuantiles(rules: readonly Rule[], settings: RuleSettings): QuantileSpec[] {
  const byId = new Map<string, QuantileSpec>();
  for (const spec of rules.flatMap((rule) => quantilesIn(rule, settings))) {
    const ranks = new Set([...(byId.get(spec.id)?.ranks ?? []), ...spec.ranks]);
    byId.set(spec.id, { ...spec, ranks: [...ranks].toSorted((a, b) => a - b) });
  }
  return [...byId.values()];
}

/** Those that one rule asks for. */
export function quantilesIn(rule: Rule, settings: RuleSettings): QuantileSpec[] {
  if (rule.not) return quantilesIn(rule.not, settings);
  if (rule.quantile) return [quantileOf(rule.quantile, settings)];
  if (rule.rfm) return rfmQuantiles(rule.rfm);
  return (rule.all ?? rule.any ?? []).flatMap((child) => quantilesIn(child, settings));
}

/** One order figure of a person. Undefined: there is none, as of days since the last order where there is no order. */
export function orderFigure(
  figure: OrderFigure,
  state: ProfileState,
  day: number,
  calendar: Calendar,
): number | undefined {
  const { count, revenueMinor, lastAt } = sumOrders(state);
  if (figure === "orders.count") return count;
  if (figure === "orders.revenue") return revenueMinor;
  return lastAt === undefined ? undefined : day - calendar.dayOf(lastAt);
}

/** Somebody with an order that was placed and not cancelled. */
export function isBuyer(state: ProfileState): boolean {
  return sumOrders(state).count > 0;
}
