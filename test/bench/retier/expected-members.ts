import type { Action } from "../population/shop-action.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What the shop's definitions ask of one person, counted from what was drawn. Amounts are pence. */
export interface PersonCounts {
  views: number;
  coffeeViews: number;
  teaViews: number;
  carts: number;
  searches: number;
  pages: number;
  recentOrders: number;
  yearMinor: number;
  orders: number;
  revenueMinor: number;
  cartMinor: number;
}

const none = (): PersonCounts => ({
  views: 0,
  coffeeViews: 0,
  teaViews: 0,
  carts: 0,
  searches: 0,
  pages: 0,
  recentOrders: 0,
  yearMinor: 0,
  orders: 0,
  revenueMinor: 0,
  cartMinor: 0,
});

/** Who is in which tag of the shop at one instant, with no code of the evaluator's. */
export class ExpectedMembers {
  readonly #people = new Map<string, PersonCounts>();
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
  }

  add({ person, name, at, product, orderId }: Action): void {
    const key = person.userId ?? person.anonymousId;
    const own = this.#people.get(key) ?? none();
    this.#people.set(key, own);
    const minor = Math.round((product?.price ?? 0) * 100);
    if (name === "Product Viewed" && this.#isWithin(at, 30)) {
      own.views++;
      if (product?.category === "coffee") own.coffeeViews++;
      if (product?.category === "tea") own.teaViews++;
    }
    if (name === "Product Added" && Math.floor(at / HOUR_MS) > Math.floor(this.#now / HOUR_MS) - 24) own.carts++;
    if (name === "Product Added" && this.#isWithin(at, 7)) own.cartMinor += minor;
    if (name === "Products Searched" && this.#isWithin(at, 7)) own.searches++;
    if (name === "Page Viewed" && this.#isWithin(at, 7)) own.pages++;
    if (orderId === undefined) return;
    own.orders++;
    own.revenueMinor += minor;
    if (this.#isWithin(at, 90)) own.recentOrders++;
    if (this.#isWithin(at, 365)) own.yearMinor += minor;
  }

  of(key: string): PersonCounts {
    return this.#people.get(key) ?? none();
  }

  #isWithin(at: number, days: number): boolean {
    return londonDayOf(at) > londonDayOf(this.#now) - days;
  }
}

/** The tags of the shop (population/shop-definitions.ts), read once more. */
export function expectedTags(own: PersonCounts): string[] {
  const holds: Readonly<Record<string, boolean>> = {
    browser: own.views >= 3,
    "coffee-fan": own.coffeeViews >= 3,
    "tea-fan": own.teaViews >= 3,
    carter: own.carts >= 1,
    searcher: own.searches >= 2,
    reader: own.pages >= 5,
    "frequent-buyer": own.recentOrders >= 3,
    "big-spender": own.yearMinor >= 50_000,
    buyer: own.orders >= 1,
    "cart-value": own.cartMinor >= 10_000,
  };
  return Object.keys(holds).filter((name) => holds[name]);
}

/** London keeps summer time, an hour ahead of UTC, all through the population's days. */
function londonDayOf(at: number): number {
  return Math.floor((at + HOUR_MS) / DAY_MS);
}
