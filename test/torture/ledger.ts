import type { Call, Sender } from "./sender-calls.ts";

/** What a person's profile has to say in the end, counted straight from what was sent. Amounts in pence. */
export interface Account {
  readonly person: string;
  readonly identifiers: ReadonlySet<string>;
  readonly messageIds: ReadonlySet<string>;
  /** How often each event happened. */
  readonly events: ReadonlyMap<string, number>;
  readonly orders: number;
  readonly revenue: number;
  readonly refunds: number;
  readonly refunded: number;
}

/** One account for each person. Nothing is shared with the product: plain counting. */
export function keepAccounts(senders: readonly Sender[]): Account[] {
  return [...Map.groupBy(senders, ({ person }) => person)].map(([person, own]) =>
    accountOf(
      person,
      own.flatMap(({ calls }) => calls),
    ),
  );
}

function accountOf(person: string, calls: readonly Call[]): Account {
  const orders = calls.filter(({ event }) => event === "Order Completed");
  const refunds = calls.filter(({ event }) => event === "Order Refunded");
  const named = calls.flatMap(({ event }) => (event === undefined ? [] : [event]));
  return {
    person,
    identifiers: new Set(
      calls.flatMap(({ userId, anonymousId }) => [
        ...(userId === undefined ? [] : [`userId:${userId}`]),
        ...(anonymousId === undefined ? [] : [`anonymousId:${anonymousId}`]),
      ]),
    ),
    messageIds: new Set(calls.map(({ messageId }) => messageId)),
    events: new Map([...Map.groupBy(named, (event) => event)].map(([event, times]) => [event, times.length])),
    orders: orders.length,
    revenue: sumPence(orders),
    refunds: refunds.length,
    refunded: sumPence(refunds),
  };
}

function sumPence(calls: readonly Call[]): number {
  return calls.reduce((sum, { properties }) => sum + Math.round(Number(properties?.revenue) * 100), 0);
}

/** What `GET /admin/v1/totals` has to say. */
export function sumAccounts(accounts: readonly Account[]) {
  const sum = (of: (account: Account) => number): number => accounts.reduce((total, account) => total + of(account), 0);
  const pounds = (amount: number) => ({ amount, currency: "GBP" });
  return {
    people: accounts.length,
    buyers: accounts.filter(({ orders }) => orders > 0).length,
    orders: sum(({ orders }) => orders),
    revenue: pounds(sum(({ revenue }) => revenue)),
    refunds: { count: sum(({ refunds }) => refunds), amount: pounds(sum(({ refunded }) => refunded)) },
  };
}
