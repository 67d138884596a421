import { isCounted, sumOrders } from "#domain/profile/orders.ts";
import type { MembershipKey, ProfileState } from "#domain/profile/state.ts";
import { sumRefunds } from "#domain/profile/view.ts";
import { EVERYONE } from "./catalogue.ts";
import { countDays, readDays } from "./day-ranges.ts";
import { type Figure, rateOf } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { count, countOf, type Tally } from "./tally.ts";

/** Longer pauses than ten years count as ten years in the median; the mean has them whole. */
const MAX_PAUSE_DAYS = 3_650;

/** Purchases over all time, and of each day in the frame.
 *
 *  Of a person with more than 256 orders the oldest are rolled into a total, which still gives their number, revenue and
 *  the first and last of them: counts, sums, the repurchase rate and the mean pause are exact. It gives neither the days
 *  of the orders nor the pauses between them: the daily figures of the days that it spans, and the median pause, say
 *  `exact: false`. */
export function tallyPurchases(tally: Tally, state: ProfileState, tiers: readonly MembershipKey[], frame: Frame): void {
  const refunds = sumRefunds(state);
  count(tally, "refunds", "", refunds.count);
  count(tally, "refunded", "", refunds.amountMinor);
  const { count: orders, revenueMinor, firstAt, lastAt } = sumOrders(state);
  if (firstAt === undefined || lastAt === undefined) return;
  for (const of of ["", ...tiers]) {
    count(tally, "buyers", of);
    count(tally, "orders", of, orders);
    count(tally, "revenue", of, revenueMinor);
    if (orders >= 2) count(tally, "again", of);
  }
  const { calendar } = frame.bundle;
  count(tally, "pauses", "", orders - 1);
  count(tally, "pause-days", "", calendar.dayOf(lastAt) - calendar.dayOf(firstAt));
  tallyRolled(tally, state, lastAt, frame);
  tallyDays(tally, state, frame);
}

function tallyRolled(tally: Tally, { rolledOrders }: ProfileState, lastAt: number, frame: Frame): void {
  if (!rolledOrders || rolledOrders.count === 0) return;
  const { dayOf } = frame.bundle.calendar;
  countDays(tally, "rolled", dayOf(rolledOrders.firstAt), dayOf(rolledOrders.upTo), frame);
  // The end of a roll may be that of a cancelled order.
  if (rolledOrders.upTo >= lastAt) count(tally, "rolled-last");
}

/** Orders that are kept one by one: by day, and the pause before each. */
function tallyDays(tally: Tally, { orders }: ProfileState, { firstDay, lastDay }: Frame): void {
  const kept = [...orders.values()].filter(isCounted).toSorted((a, b) => a.placed.at - b.placed.at);
  let before: number | undefined;
  for (const { placed, amount } of kept) {
    const { day } = placed;
    if (before !== undefined) count(tally, "pause", Math.min(Math.max(day - before, 0), MAX_PAUSE_DAYS));
    if (day >= firstDay && day <= lastDay) {
      count(tally, "daily-orders", day);
      count(tally, "daily-revenue", day, amount?.value ?? 0);
      if (day !== before) count(tally, "daily-buyers", day);
    }
    before = day;
  }
}

export function purchaseFigures(tally: Tally, frame: Frame): Figure[] {
  const tiers = frame.bundle.memberships.flatMap((one) => (one.kind === "ladder" ? one.tiers : []));
  const overall = { by: EVERYONE, day: frame.today, dimension: "", exact: true };
  return [
    ...buyerFigures(tally, "", overall),
    ...tiers.flatMap(({ key }) => buyerFigures(tally, key, { ...overall, by: "tier", dimension: key })),
    { metric: "refunds", ...overall, value: countOf(tally, "refunds") },
    { metric: "refunded-amount", ...overall, value: countOf(tally, "refunded") },
    ...pauseFigures(tally, overall),
    ...dailyFigures(tally, frame),
  ];
}

type Place = Omit<Figure, "metric" | "value" | "base">;

function buyerFigures(tally: Tally, of: string, place: Place): Figure[] {
  const buyers = countOf(tally, "buyers", of);
  const orders = countOf(tally, "orders", of);
  const revenue = countOf(tally, "revenue", of);
  const average = rateOf(revenue, orders);
  const again = rateOf(countOf(tally, "again", of), buyers);
  return [
    { metric: "buyers", ...place, value: buyers },
    { metric: "orders", ...place, value: orders },
    { metric: "revenue", ...place, value: revenue },
    ...(average ? [{ metric: "average-order-value", ...place, ...average } as const] : []),
    ...(again ? [{ metric: "repurchase-rate", ...place, ...again } as const] : []),
  ];
}

function pauseFigures(tally: Tally, place: Place): Figure[] {
  const pauses = countOf(tally, "pauses");
  const mean = rateOf(countOf(tally, "pause-days"), pauses);
  const median = medianPause(tally);
  const figures: Figure[] = [];
  if (mean) {
    const exact = countOf(tally, "rolled-last") === 0;
    figures.push({ metric: "mean-days-between-purchases", ...place, ...mean, exact });
  }
  if (median) {
    const exact = median.base === pauses;
    figures.push({ metric: "median-days-between-purchases", ...place, ...median, exact });
  }
  return figures;
}

/** The nearest-rank median: the shortest pause that half of those that are known do not exceed. */
function medianPause(tally: Tally): Pick<Figure, "value" | "base"> | undefined {
  const pauses = Array.from({ length: MAX_PAUSE_DAYS + 1 }, (_, days) => countOf(tally, "pause", days));
  const known = pauses.reduce((sum, each) => sum + each, 0);
  let seen = 0;
  for (const [days, each] of pauses.entries()) {
    seen += each;
    if (each > 0 && seen >= known / 2) return { value: days, base: known };
  }
  return undefined;
}

function dailyFigures(tally: Tally, frame: Frame): Figure[] {
  return readDays(tally, "rolled", frame).flatMap((rolled, n) => {
    const of = { by: EVERYONE, day: frame.firstDay + n, dimension: "", exact: rolled === 0 };
    return (["daily-buyers", "daily-orders", "daily-revenue"] as const).map((metric) => ({
      metric,
      ...of,
      value: countOf(tally, metric, of.day),
    }));
  });
}
