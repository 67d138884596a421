import type { OrderChange } from "#events/collected-event.ts";
import { laterOf, stamp } from "./registers.ts";
import type { OrderState, RolledOrders, Stamp } from "./state.ts";

/** Orders kept one by one; the oldest beyond it are rolled into a total. */
export const MAX_ORDERS = 256;

/** An order as one event tells it. A refund never makes an order: it is kept in `refunds`. */
export function orderOf(change: OrderChange, by: Stamp & { day: number }): OrderState {
  const { at, message, day } = by;
  const cancelled = change.kind === "cancelled";
  return {
    ...(!cancelled && { placed: { at, day } }),
    ...(change.amountMinor !== undefined && !cancelled && { amount: stamp(change.amountMinor, { at, message }) }),
    ...(change.items !== undefined && !cancelled && { items: stamp(change.items, { at, message }) }),
    status: stamp(cancelled ? "cancelled" : "completed", { at, message }),
  };
}

/** Merges what two sets of events tell of one order, field by field. */
export function mergeOrders(a: OrderState | undefined, b: OrderState): OrderState {
  if (!a) return b;
  const placed = a.placed && b.placed ? (b.placed.at < a.placed.at ? b.placed : a.placed) : (a.placed ?? b.placed);
  const amount = laterOf(a.amount, b.amount);
  const items = laterOf(a.items, b.items);
  return {
    ...(placed && { placed }),
    ...(amount && { amount }),
    ...(items && { items }),
    status: laterOf(a.status, b.status) ?? b.status,
  };
}

/** True if the order counts: it was placed and not cancelled. */
export function isCounted(order: OrderState): order is OrderState & { placed: { at: number; day: number } } {
  return order.placed !== undefined && order.status.value !== "cancelled";
}

function orderTime(order: OrderState): number {
  return order.placed?.at ?? order.status.at;
}

/** Rolls the oldest orders beyond the cap into the total. */
export function rollOrders(
  orders: Map<string, OrderState>,
  rolled: RolledOrders | undefined,
): { rolled: RolledOrders | undefined; count: number } {
  const surplus = orders.size - MAX_ORDERS;
  if (surplus <= 0) return { rolled, count: 0 };
  const oldest = [...orders].toSorted(([a, x], [b, y]) => orderTime(x) - orderTime(y) || (a < b ? -1 : 1));
  let total = rolled;
  for (const [id, order] of oldest.slice(0, surplus)) {
    orders.delete(id);
    total = mergeRolled(total, rollOf(order));
  }
  return { rolled: total, count: surplus };
}

function rollOf(order: OrderState): RolledOrders {
  const at = orderTime(order);
  return isCounted(order)
    ? { count: 1, amountMinor: order.amount?.value ?? 0, items: order.items?.value ?? 0, upTo: at, firstAt: at }
    : { count: 0, amountMinor: 0, items: 0, upTo: at, firstAt: Infinity };
}

/** Adds two totals. */
export function mergeRolled(a: RolledOrders | undefined, b: RolledOrders | undefined): RolledOrders | undefined {
  if (!a || !b) return a ?? b;
  return {
    count: a.count + b.count,
    amountMinor: a.amountMinor + b.amountMinor,
    items: a.items + b.items,
    upTo: Math.max(a.upTo, b.upTo),
    firstAt: Math.min(a.firstAt, b.firstAt),
  };
}

/** Orders, gross revenue (minor units), first and last over all time, cancelled orders left out. */
export function sumOrders(state: { orders: ReadonlyMap<string, OrderState>; rolledOrders?: RolledOrders }): {
  count: number;
  revenueMinor: number;
  firstAt: number | undefined;
  lastAt: number | undefined;
} {
  let count = state.rolledOrders?.count ?? 0;
  let revenueMinor = state.rolledOrders?.amountMinor ?? 0;
  let first = state.rolledOrders?.firstAt ?? Infinity;
  let last = count > 0 ? (state.rolledOrders?.upTo ?? -Infinity) : -Infinity;
  for (const order of state.orders.values()) {
    if (!isCounted(order)) continue;
    count++;
    revenueMinor += order.amount?.value ?? 0;
    first = Math.min(first, order.placed.at);
    last = Math.max(last, order.placed.at);
  }
  return {
    count,
    revenueMinor,
    firstAt: first === Infinity ? undefined : first,
    lastAt: last === -Infinity ? undefined : last,
  };
}
