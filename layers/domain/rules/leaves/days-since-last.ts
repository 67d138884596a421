import { isCounted } from "#domain/profile/orders.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { parseDuration } from "#domain/time/duration.ts";
import type { Range } from "#events/rule/range.ts";
import type { CompiledLeaf } from "../leaf.ts";
import type { RuleSettings } from "../settings.ts";
import { verdict } from "../verdict.ts";

/** Calendar days from the last order to today. Missing, so no, where there is no order (in the window). It grows by one
 *  every midnight, so the answer differs only where the range begins or ends, where the window does, and where a later
 *  order comes in. */
export function compileDaysSinceLast(
  { atLeast = 0, below = Infinity }: Range,
  within: string | undefined,
  { calendar }: RuleSettings,
): CompiledLeaf {
  const length = within === undefined ? Infinity : parseDuration(within).amount;
  const end = Math.min(below, length);
  return {
    judge({ state, today }) {
      const { last, next } = lastOrderDay(state, today, calendar.dayOf);
      const days = today - last;
      const holds = days >= atLeast && days < end;
      const flips = days < atLeast && atLeast < end ? last + atLeast : holds ? last + end : Infinity;
      const flip = Math.min(flips, next);
      return verdict(holds, flip === Infinity ? Infinity : calendar.startOfDay(flip));
    },
    seen({ state, today }) {
      const days = today - lastOrderDay(state, today, calendar.dayOf).last;
      return days < length ? days : undefined;
    },
  };
}

/** The day of the last order up to today (−Infinity: none) and of the first after it (Infinity: none). */
function lastOrderDay(
  { orders, rolledOrders }: ProfileState,
  today: number,
  dayOf: (atMs: number) => number,
): { last: number; next: number } {
  let last = rolledOrders !== undefined && rolledOrders.count > 0 ? dayOf(rolledOrders.upTo) : -Infinity;
  let next = Infinity;
  for (const order of orders.values()) {
    if (!isCounted(order)) continue;
    if (order.placed.day > today) next = Math.min(next, order.placed.day);
    else last = Math.max(last, order.placed.day);
  }
  return { last, next };
}
