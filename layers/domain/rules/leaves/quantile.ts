import { MONETARY_PROPERTIES } from "#domain/money/monetary-properties.ts";
import type { Quantile } from "#events/rule/leaves.ts";
import { NUMBER_SCALE, quantileFeature } from "../features.ts";
import type { CompiledLeaf, CompileLeaf } from "../leaf.ts";
import { isBuyer, type OrderFigure, orderFigure, quantileOf, type Thresholds } from "../population.ts";
import type { RuleSettings } from "../settings.ts";
import { ALWAYS, NEVER } from "../verdict.ts";
import { compileCounted } from "./counted.ts";

/** Whether a person is in the top of a population as the last re-tiering run saw it: `atLeast: 0.8` is strictly above
 *  what 80 % of them do not exceed; of days since the last order, at most what the first fifth does not exceed. Until
 *  there was a run the answer is no. */
export const compileQuantile: CompileLeaf<Quantile> = (quantile, settings) => {
  const { id, ranks, among } = quantileOf(quantile, settings);
  const [rank = 0] = ranks;
  const { thresholds } = settings;
  const limit = thresholds?.values.get(id)?.get(rank);
  if (!thresholds || limit === undefined) return { judge: () => NEVER, seen: () => "warming" };
  const leaf =
    typeof quantile.of === "string"
      ? compileFigure(quantile.of, limit, thresholds, settings)
      : compileSumAbove(quantile.of.sum, limit, thresholds, settings);
  return among === "all"
    ? leaf
    : { judge: (subject) => (isBuyer(subject.state) ? leaf.judge(subject) : NEVER), seen: leaf.seen };
};

function compileFigure(
  figure: OrderFigure,
  limit: number,
  { day, exact }: Thresholds,
  { calendar, minorUnits }: RuleSettings,
): CompiledLeaf {
  const scale = figure === "orders.revenue" ? minorUnits : 1;
  const isEnough =
    figure === "orders.daysSinceLast" ? (value: number) => value <= limit : (value: number) => value > limit;
  return {
    judge({ state }) {
      const value = orderFigure(figure, state, day, calendar);
      return value !== undefined && isEnough(value) ? ALWAYS : NEVER;
    },
    seen({ state }) {
      const value = orderFigure(figure, state, day, calendar);
      return { value: value === undefined ? null : value / scale, threshold: limit / scale, exact };
    },
  };
}

function compileSumAbove(
  sum: Exclude<Quantile["of"], string>["sum"],
  limit: number,
  { exact }: Thresholds,
  settings: RuleSettings,
): CompiledLeaf {
  const scale = MONETARY_PROPERTIES.has(sum.property) ? settings.minorUnits : NUMBER_SCALE;
  const leaf = compileCounted(
    quantileFeature(sum, settings),
    sum.within,
    { accepts: (_, total) => total > limit, favours: "more" },
    (_, total) => total / scale,
    settings,
  );
  return {
    judge: leaf.judge,
    seen: (subject) => ({ value: leaf.seen(subject), threshold: limit / scale, exact }),
  };
}
