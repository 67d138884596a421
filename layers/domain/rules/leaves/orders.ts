import { isCounted } from "#domain/profile/orders.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import { HOUR_MS } from "#domain/time/duration.ts";
import type { OrderMeasure, Orders } from "#events/rule/leaves.ts";
import type { Range } from "#events/rule/range.ts";
import type { CompiledLeaf, CompileLeaf } from "../leaf.ts";
import { favoursOf, rangeTest } from "../range.ts";
import type { RuleSettings } from "../settings.ts";
import type { Subject } from "../subject.ts";
import { type Accepts, Tally } from "../tally.ts";
import { ALWAYS, NEVER } from "../verdict.ts";
import { parseWindow } from "../window.ts";
import { compileDaysSinceLast } from "./days-since-last.ts";

type Added = Exclude<OrderMeasure, "daysSinceLast">;

/** Orders placed and not cancelled. Revenue is gross; an order whose amount is unknown counts with 0. The average of no
 *  orders is missing, so every range fails. */
export const compileOrders: CompileLeaf<Orders> = (
  { within, count, revenue, averageValue, daysSinceLast },
  settings,
) => {
  if (daysSinceLast) return compileDaysSinceLast(daysSinceLast, within, settings);
  if (count) return compileAdded("count", count, within, settings);
  if (revenue) return compileAdded("revenue", revenue, within, settings);
  return compileAdded("averageValue", averageValue ?? {}, within, settings);
};

function compileAdded(measure: Added, range: Range, within: string | undefined, settings: RuleSettings): CompiledLeaf {
  const isInRange = rangeTest(range);
  const { minorUnits } = settings;
  const measureOf = {
    count: (count: number) => count,
    revenue: (_: number, amount: number) => amount / minorUnits,
    averageValue: (count: number, amount: number) => (count === 0 ? undefined : amount / (count * minorUnits)),
  }[measure];
  const accepts: Accepts = (count, amount) => {
    const value = measureOf(count, amount);
    return value !== undefined && isInRange(value);
  };
  const nothing = accepts(0, 0) ? ALWAYS : NEVER;
  if (within === undefined) {
    return {
      judge: ({ state }) => {
        if (state.orders.size === 0 && state.rolledOrders === undefined) return nothing;
        const { count, amount } = addAllOrders(state);
        return accepts(count, amount) ? ALWAYS : NEVER;
      },
      seen: ({ state }) => {
        const { count, amount } = addAllOrders(state);
        return measureOf(count, amount);
      },
    };
  }
  const window = parseWindow(within, settings.calendar);
  const tally = new Tally(window);
  const favours = measure === "averageValue" ? "either" : favoursOf(range);
  const byDay = window.unit === "day";
  // Orders beyond the cap were rolled into a total without dates: they are the oldest, and no window reaches them.
  function fill(subject: Subject): void {
    tally.begin(window.current(subject));
    for (const order of subject.state.orders.values()) {
      if (!isCounted(order)) continue;
      tally.add(byDay ? order.placed.day : Math.floor(order.placed.at / HOUR_MS), order.amount?.value ?? 0);
    }
  }
  return {
    judge(subject) {
      if (subject.state.orders.size === 0) return nothing;
      fill(subject);
      return tally.judge(accepts, favours);
    },
    seen(subject) {
      fill(subject);
      return measureOf(tally.count, tally.total);
    },
  };
}

function addAllOrders({ orders, rolledOrders }: ProfileState): { count: number; amount: number } {
  let count = rolledOrders?.count ?? 0;
  let amount = rolledOrders?.amountMinor ?? 0;
  for (const order of orders.values()) {
    if (!isCounted(order)) continue;
    count++;
    amount += order.amount?.value ?? 0;
  }
  return { count, amount };
}
