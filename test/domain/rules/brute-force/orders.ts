import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { dayOf, isWithin } from "./calendar.ts";
import { inRange } from "./counts.ts";
import type { BruteForceSettings } from "./settings.ts";

export function orders(
  leaf: NonNullable<Rule["orders"]>,
  events: readonly CollectedEvent[],
  now: number,
  settings: BruteForceSettings,
) {
  const counted = countedOrders(events).filter(({ at }) => isWithin(at, leaf.within, now, settings));
  const size = BigInt(counted.length);
  const amount = amountOf(counted);
  const units = BigInt(settings.minorUnits);
  if (leaf.count) return inRange(leaf.count, size, 1n);
  if (leaf.revenue) return inRange(leaf.revenue, amount, units);
  if (counted.length === 0) return false;
  if (leaf.averageValue) return inRange(leaf.averageValue, amount, units * size);
  const last = Math.max(...counted.map(({ at }) => dayOf(at, settings.timeZone)));
  return inRange(leaf.daysSinceLast ?? {}, BigInt(dayOf(now, settings.timeZone) - last), 1n);
}

interface CountedOrder {
  readonly at: number;
  readonly amount: bigint;
}
/** By the list of events, which nobody changes. */
const ordersOf = new WeakMap<readonly CollectedEvent[], readonly CountedOrder[]>();

export function countedOrders(events: readonly CollectedEvent[]): readonly CountedOrder[] {
  const known = ordersOf.get(events) ?? countOrders(events);
  ordersOf.set(events, known);
  return known;
}

/** Orders that were placed and not cancelled, each as its last word says. */
function countOrders(events: readonly CollectedEvent[]): CountedOrder[] {
  const told = Map.groupBy(
    events.filter(({ order }) => order && order.kind !== "refunded").toSorted((a, b) => a.at - b.at),
    ({ order }) => order?.id,
  );
  return [...told.values()].flatMap((changes) => {
    const placed = changes.find(({ order }) => order?.kind !== "cancelled");
    if (!placed || changes.at(-1)?.order?.kind === "cancelled") return [];
    const amounts = changes.filter(({ order }) => order?.kind !== "cancelled" && order?.amountMinor !== undefined);
    return [{ at: placed.at, amount: BigInt(amounts.at(-1)?.order?.amountMinor ?? 0) }];
  });
}

export function amountOf(counted: readonly CountedOrder[]): bigint {
  return counted.reduce((total, order) => total + order.amount, 0n);
}
