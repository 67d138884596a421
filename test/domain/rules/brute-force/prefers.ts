import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { dayOf } from "./calendar.ts";
import type { BruteForceSettings } from "./settings.ts";

/** The favourite is the value with the most events, each of which weighs 2^20 × 2^(−weeks / 4), rounded, by how many
 *  Mondays lie between it and the person's newest event. */
export function prefers(
  { of, property, in: wanted, top = 1 }: NonNullable<Rule["prefers"]>,
  events: readonly CollectedEvent[],
  { timeZone }: BruteForceSettings,
): boolean {
  const mondaysUntil = (at: number) => Math.floor((dayOf(at, timeZone) - 4) / 7);
  const newest = Math.max(...events.map(({ at }) => mondaysUntil(at)));
  const weights = new Map<unknown, number>();
  for (const it of events) {
    const value = it.properties?.[property];
    if (it.event !== of || typeof value !== "string") continue;
    const weight = Math.round(2 ** 20 * 2 ** (-(newest - mondaysUntil(it.at)) / 4));
    weights.set(value, (weights.get(value) ?? 0) + weight);
  }
  const better = (value: string) =>
    [...weights].filter(([other, weight]) => {
      const own = weights.get(value) ?? 0;
      return weight > own || (weight === own && String(other) < value);
    }).length;
  return wanted.some((value) => weights.has(value) && better(value) < top);
}
