import type { CollectedEvent } from "#events/collected-event.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What the ten rules ask about one person, counted from the raw events with no code of the evaluator's. */
export type Facts = Readonly<Record<string, string | number | null>>;

/** The facts of one person at `now`, for an engine that has no notion of time: every window is counted already. Days are
 *  those of London in summer time, an hour ahead of UTC, as the population's 60 days all are. */
export function countFacts(events: readonly CollectedEvent[], now: number): Facts {
  const dayOf = (at: number) => Math.floor((at + HOUR_MS) / DAY_MS);
  const daysAgo = ({ at }: CollectedEvent) => dayOf(now) - dayOf(at);
  const hoursAgo = ({ at }: CollectedEvent) => Math.floor(now / HOUR_MS) - Math.floor(at / HOUR_MS);
  const named = (name: string) => events.filter(({ event }) => event === name);
  const within = (name: string, days: number) => named(name).filter((event) => daysAgo(event) < days);
  const today = (name: string) => named(name).filter((event) => hoursAgo(event) < 24);
  const seen = events.filter(({ activity }) => activity);
  const activeDays = (days: number) => new Set(seen.map(daysAgo).filter((ago) => ago < days)).size;
  const pence = (some: readonly CollectedEvent[], property: string) =>
    some.reduce((sum, { money }) => sum + (money?.[property] ?? 0), 0) / 100;
  const orders = named("Order Completed");
  const newest = events.toSorted((a, b) => b.at - a.at);
  const traits = newest.find((event) => event.traits)?.traits ?? {};
  const read = (name: string) => (traits[name] as string | number | undefined) ?? null;
  return {
    added7d: within("Product Added", 7).length,
    added24h: today("Product Added").length,
    addedPrice7d: pence(within("Product Added", 7), "price"),
    addedPrice30d: pence(within("Product Added", 30), "price"),
    viewed24h: today("Product Viewed").length,
    viewed30d: within("Product Viewed", 30).length,
    coffeeViewed30d: within("Product Viewed", 30).filter((event) => event.properties?.category === "coffee").length,
    searched30d: within("Products Searched", 30).length,
    paged30d: within("Page Viewed", 30).length,
    ordered7d: within("Order Completed", 7).length,
    orders: orders.length,
    revenue: pence(orders, "revenue"),
    revenue365d: pence(within("Order Completed", 365), "revenue"),
    averageValue: orders.length === 0 ? null : pence(orders, "revenue") / orders.length,
    daysSinceOrder: orders.length === 0 ? null : Math.min(...orders.map(daysAgo)),
    activeDays30d: activeDays(30),
    activeDays60d: activeDays(60),
    hoursSinceSeen: seen.length === 0 ? null : (now - Math.max(...seen.map(({ at }) => at))) / HOUR_MS,
    city: read("city"),
    plan: read("plan"),
    age: read("age"),
    country: newest.find((event) => event.place)?.place?.country ?? null,
    os: newest.find((event) => event.device)?.device?.os ?? null,
  };
}
