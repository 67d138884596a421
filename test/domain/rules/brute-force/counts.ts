import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { dayOf, isWithin } from "./calendar.ts";
import { meets } from "./conditions.ts";
import type { BruteForceSettings } from "./settings.ts";

export function did(
  leaf: NonNullable<Rule["did"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const { event, where = [], within, atLeast = 1, atMost = Infinity, on } = leaf;
  const matching = events.filter(
    (it) => it.event === event && isWithin(it.at, within, now, settings) && meets(where, it, settings),
  );
  const times = on === "days" ? new Set(matching.map(({ at }) => dayOf(at, settings.timeZone))).size : matching.length;
  return times >= atLeast && times <= atMost;
}

export function sum(
  leaf: NonNullable<Rule["sum"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const { property, atLeast = -Infinity, below = Infinity } = leaf;
  const total = addUp(leaf, events, now, settings);
  const units = BigInt(settings.monetary.includes(property) ? settings.minorUnits : 10_000);
  return isAtLeast(total, units, atLeast) && !isAtLeast(total, units, below);
}

/** Minor units of money; of everything else ten-thousandths. */
export function addUp(
  { event, property, where = [], within }: Pick<NonNullable<Rule["sum"]>, "event" | "property" | "where" | "within">,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): bigint {
  let total = 0n;
  for (const it of events) {
    if (it.event !== event || !isWithin(it.at, within, now, settings) || !meets(where, it, settings)) continue;
    const amount = settings.monetary.includes(property) ? it.money?.[property] : it.properties?.[property];
    if (typeof amount !== "number") continue;
    total += BigInt(settings.monetary.includes(property) ? amount : Math.round(amount * 10_000));
  }
  return total;
}

const limits = new Map<number, bigint>();

/** numerator ÷ denominator ≥ limit, by the digits that the limit is written with. */
function isAtLeast(numerator: bigint, denominator: bigint, limit: number): boolean {
  if (!Number.isFinite(limit)) return limit < 0;
  const millionths = limits.get(limit) ?? BigInt(limit.toFixed(6).replace(".", ""));
  limits.set(limit, millionths);
  return numerator * 1_000_000n >= millionths * denominator;
}

export function inRange(
  range: { atLeast?: number | undefined; below?: number | undefined },
  top: bigint,
  bottom: bigint,
) {
  const { atLeast = -Infinity, below = Infinity } = range;
  return isAtLeast(top, bottom, atLeast) && !isAtLeast(top, bottom, below);
}
