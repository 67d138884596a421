import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { dayOf } from "./calendar.ts";
import { addUp } from "./counts.ts";
import { amountOf, countedOrders } from "./orders.ts";
import type { BruteForceSettings, Population } from "./settings.ts";

/** The scores of a buyer, whom nothing but events and the next run change. */
const scores = new WeakMap<readonly CollectedEvent[], { population: Population; r: number; f: number; m: number }>();

export function rfm(
  wanted: NonNullable<Rule["rfm"]>,
  events: readonly CollectedEvent[],
  settings: BruteForceSettings,
): boolean {
  const scored = scoreBuyer(events, settings);
  if (!scored) return false;
  const { r, f, m } = scored;
  const fm = Math.round((f + m) / 2);
  const isOne = (list: readonly number[] | undefined, score: number) => list === undefined || list.includes(score);
  return isOne(wanted.r, r) && isOne(wanted.f, f) && isOne(wanted.m, m) && isOne(wanted.fm, fm);
}

function scoreBuyer(events: readonly CollectedEvent[], settings: BruteForceSettings) {
  const { population } = settings;
  if (!population) return undefined;
  const known = scores.get(events);
  if (known?.population === population) return known;
  const counted = countedOrders(events);
  if (counted.length === 0) return undefined;
  const scoreOf = (of: string, value: number) =>
    1 + [0.2, 0.4, 0.6, 0.8].filter((share) => population.quantile("buyers", of, share) < value).length;
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  const scored = {
    population,
    r: 6 - scoreOf("orders.daysSinceLast", population.day - last),
    f: scoreOf("orders.count", counted.length),
    m: scoreOf("orders.revenue", Number(amountOf(counted))),
  };
  scores.set(events, scored);
  return scored;
}

/** In the top: above what the others do not exceed; of days since the last order, not above what the first do not. */
export function quantile(
  { of, among = "buyers", atLeast }: NonNullable<Rule["quantile"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const { population } = settings;
  const counted = countedOrders(events);
  if (!population || (among === "buyers" && counted.length === 0)) return false;
  if (typeof of !== "string") {
    const limit = population.quantile(among, of.sum.property, atLeast);
    return addUp(of.sum, events, now, settings) > BigInt(limit);
  }
  if (of === "orders.count") return counted.length > population.quantile(among, of, atLeast);
  if (of === "orders.revenue") return Number(amountOf(counted)) > population.quantile(among, of, atLeast);
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  const limit = population.quantile(among, of, 1 - atLeast);
  return counted.length > 0 && population.day - last <= limit;
}
