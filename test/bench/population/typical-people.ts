import type { CollectedEvent } from "#events/collected-event.ts";
import { seededRandom } from "./random.ts";
import { type ActionName, anAction, aPerson, type Person } from "./shop-action.ts";
import { shopBundle } from "./shop-definitions.ts";
import { eventOf } from "./shop-event.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 20, 12);
/** What the typical customer's other visits were: an order on every ninth day, long before. */
const ORDERS = 10;
const RECENT_EVENTS = 60;
const RECENT_DAYS = 6;

const TRAITS: Readonly<Record<string, string | number | boolean>> = {
  firstName: "Ann",
  lastName: "Example",
  gender: "female",
  birthday: "1988-04-17",
  age: 38,
  city: "上海",
  district: "浦东新区",
  postcode: "200120",
  country: "CN",
  language: "zh-CN",
  plan: "plus",
  memberLevel: "gold",
  points: 12_450,
  newsletter: true,
  preferredStore: "store-117",
  preferredCategory: "coffee",
  referredBy: "customer-9121",
  company: "Example Trading Ltd",
  jobTitle: "Buyer",
  signedUpAt: "2025-08-01T09:30:00.000Z",
};

/** Five events of a first visit: a page, three products, one of them put into the cart. */
export function visitorEvents(): CollectedEvent[] {
  const visitor = aPerson(1);
  return ["Page Viewed", "Product Viewed", "Product Viewed", "Product Viewed", "Product Added"].map((name, n) =>
    anEventNamed(name as ActionName, visitor, n, NOW - (5 - n) * 30_000),
  );
}

/** A customer's visits, oldest first: ten orders in the course of a year, 20 traits, and 60 events in the last six days. */
export function customerEvents(): CollectedEvent[][] {
  const customer = { ...aPerson(4), traits: TRAITS };
  const random = seededRandom(60);
  const orders = Array.from({ length: ORDERS }, (_, n) => {
    const at = NOW - 340 * DAY_MS + n * 33 * DAY_MS;
    return [
      anEventNamed("Product Viewed", customer, 1000 + n, at),
      anEventNamed("Order Completed", customer, 2000 + n, at + 300_000),
    ];
  });
  const recent = Array.from({ length: RECENT_DAYS }, (_, day) =>
    Array.from({ length: RECENT_EVENTS / RECENT_DAYS }, (_, n) => {
      const at = NOW - (RECENT_DAYS - day) * DAY_MS + n * 45_000;
      if (day === 0 && n === 0) return anEventNamed("identify", customer, 3000, at);
      const names: [ActionName, ...ActionName[]] = [
        "Page Viewed",
        "Product Viewed",
        "Products Searched",
        "Product Added",
      ];
      return anEventNamed(random.pick(names), customer, 3000 + day * 100 + n, at);
    }),
  );
  return [...orders, ...recent];
}

/** Draws until the action is of that name. */
function anEventNamed(name: ActionName, person: Person, n: number, at: number): CollectedEvent {
  const random = seededRandom(n);
  for (;;) {
    const action = anAction(random, person, n, at);
    if (action.name === name) return eventOf(action, shopBundle().calendar);
  }
}
