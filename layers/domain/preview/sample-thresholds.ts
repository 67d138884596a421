import type { ProfileState } from "#domain/profile/state.ts";
import { isBuyer, orderFigure, type QuantileSpec, type Thresholds } from "#domain/rules/population.ts";
import { nearestRank } from "#domain/rules/quantiles.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import { HOUR_MS } from "#domain/time/duration.ts";

/** The quantiles, each with those of its ranks, that no re-tiering run has found yet. */
export function missingQuantiles(
  quantiles: readonly QuantileSpec[],
  thresholds: Thresholds | undefined,
): QuantileSpec[] {
  return quantiles.flatMap((spec) => {
    const ranks = spec.ranks.filter((rank) => !thresholds?.values.get(spec.id)?.has(rank));
    return ranks.length > 0 ? [{ ...spec, ranks }] : [];
  });
}

/** What one person counts for in a quantile, as an integer. Undefined: the person is not of its population. `day` is the
 *  calendar day from which days since the last order are counted back, `now` ends the window of a sum. */
export function quantileFigure(
  { among, measure }: QuantileSpec,
  state: ProfileState,
  { day, now }: { readonly day: number; readonly now: number },
  calendar: Calendar,
): number | undefined {
  if (among === "buyers" && !isBuyer(state)) return undefined;
  if (typeof measure === "string") return orderFigure(measure, state, day, calendar);
  const { id, unit, keep } = measure;
  const newest = unit === "hour" ? Math.floor(now / HOUR_MS) : calendar.dayOf(now);
  let sum = 0;
  for (const [bucket, value] of state.features.get(id) ?? []) {
    if (unit === "ever" || (bucket <= newest && bucket > newest - keep)) sum += value;
  }
  return sum;
}

/** Adds to the thresholds in force those that were found among the people looked at: `figures` has, for each of
 *  `missing`, what each person counts for. Quantiles of nobody stay missing. */
export function addThresholds(
  inForce: Thresholds | undefined,
  missing: readonly QuantileSpec[],
  figures: readonly (readonly number[])[],
  found: { readonly at: number; readonly day: number; readonly exact: boolean },
): Thresholds {
  const values = new Map(inForce?.values);
  for (const [index, { id, ranks }] of missing.entries()) {
    const ascending = (figures[index] ?? []).toSorted((a, b) => a - b);
    const byRank = new Map(values.get(id));
    for (const rank of ranks) {
      const value = nearestRank(ascending, rank);
      if (value !== undefined) byRank.set(rank, value);
    }
    values.set(id, byRank);
  }
  const { at = found.at, day = found.day, exact = true } = inForce ?? {};
  return { at, day, exact: exact && found.exact, values };
}
