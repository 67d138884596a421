import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { anniversary } from "./brute-force/anniversary.ts";
import { dayOf, isWithin } from "./brute-force/calendar.ts";
import { compares, isOneOf } from "./brute-force/conditions.ts";
import { consent } from "./brute-force/consent.ts";
import { did, sum } from "./brute-force/counts.ts";
import { orders } from "./brute-force/orders.ts";
import { quantile, rfm } from "./brute-force/population.ts";
import { prefers } from "./brute-force/prefers.ts";
import type { BruteForceSettings } from "./brute-force/settings.ts";
import { newest, traitOf } from "./brute-force/traits.ts";

/** A second reading of definitions.md, as plain and slow as can be: every question is asked of the raw events, with no
 *  state, no buckets and no compiled anything. It must import nothing of the evaluator, the features or the calendar. */
export function bruteForce(
  rule: Rule,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): boolean {
  const ask = (part: Rule): boolean => bruteForce(part, events, now, settings);
  if (rule.all) return rule.all.every(ask);
  if (rule.any) return rule.any.some(ask);
  if (rule.not) return !ask(rule.not);
  if (rule.did) return did(rule.did, events, now, settings);
  if (rule.sum) return sum(rule.sum, events, now, settings);
  if (rule.orders) return orders(rule.orders, events, now, settings);
  if (rule.activeDays) {
    const { within, atLeast } = rule.activeDays;
    const days = events
      .filter((event) => event.activity && isWithin(event.at, within, now, settings))
      .map((event) => dayOf(event.at, settings.timeZone));
    return new Set(days).size >= atLeast;
  }
  if (rule.inactive) {
    const seen = events.filter((event) => event.activity).map((event) => event.at);
    const [, amount, unit] = /^(\d+)([dh])$/.exec(rule.inactive.for) ?? [];
    const hours = Number(amount) * (unit === "d" ? 24 : 1);
    return seen.length > 0 && (now - Math.max(...seen)) / 3_600_000 >= hours;
  }
  if (rule.trait) return compares(rule.trait, traitOf(rule.trait.name, events, settings), settings);
  if (rule.distinct) {
    const { event, property, within, atLeast } = rule.distinct;
    const values = events
      .filter((it) => it.event === event && isWithin(it.at, within, now, settings))
      .map((it) => it.properties?.[property])
      .filter((value) => value !== undefined && value !== null);
    return new Set(values).size >= atLeast;
  }
  if (rule.prefers) return prefers(rule.prefers, events, settings);
  if (rule.anniversary) return anniversary(rule.anniversary, events, now, settings);
  if (rule.consent) return consent(rule.consent, events);
  if (rule.place) return isOneOf(rule.place, newest(events, "place"));
  if (rule.device) return isOneOf(rule.device, newest(events, "device"));
  if (rule.acquisition) {
    const { first, last, in: listed } = rule.acquisition;
    const touched = events.filter((event) => event.acquisition).toSorted((a, b) => a.at - b.at);
    const wanted = first ?? last ?? {};
    const fields = typeof wanted === "string" ? { [wanted]: listed } : wanted;
    const filled = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, value ?? listed]));
    return isOneOf(filled, touched.at(first ? 0 : -1)?.acquisition);
  }
  if (rule.rfm) return rfm(rule.rfm, events, settings);
  if (rule.quantile) return quantile(rule.quantile, events, now, settings);
  if (rule.tier) return rule.tier.in.includes(tierOf(rule.tier.ladder, events, now, settings) ?? "");
  const named = settings.definitions?.find(
    ({ kind, name }) => (kind === "tag" && name === rule.tag) || (kind === "segment" && name === rule.segment),
  );
  // What has no rule is given by hand, and nobody gave it.
  if (named) return "rule" in named && named.rule !== undefined && ask(named.rule);
  throw new Error(`no such leaf: ${Object.keys(rule).join()}`);
}

/** The first tier whose rule holds, else the last; where nothing holds anybody. */
export function tierOf(
  ladder: string,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
): string | undefined {
  const found = settings.definitions?.find(({ kind, name }) => kind === "ladder" && name === ladder);
  if (found?.kind !== "ladder") throw new Error(`no such ladder: ${ladder}`);
  return found.tiers.find(({ rule }) => rule === undefined || bruteForce(rule, events, now, settings))?.name;
}
