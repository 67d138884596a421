import type { CollectedEvent, Identifier } from "#events/collected-event.ts";
import { TRAIT_MODES } from "../domain/rules/arbitrary-history.ts";
import { CATEGORIES, CITIES, SOURCES } from "../domain/rules/arbitrary-rules.ts";
import { seededNumbers } from "../support/seeded-numbers.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** The span of time in which people live, and how its days are counted. */
export interface Era {
  readonly startAt: number;
  readonly endAt: number;
  readonly dayOf: (at: number) => number;
}

const SHOP_CATEGORIES = [...CATEGORIES, "sale", "handmade", "outlet"];
const BIRTHDAYS = ["1990-03-12", "2000-02-29", "1999-02-28T23:30:00Z", "2015-04-01", "1960-03-26", "soon"];
const NAMES: readonly (readonly [name: string, share: number])[] = [
  ["Product Viewed", 48],
  ["Page Viewed", 12],
  ["Product Added", 10],
  ["Order Completed", 18],
  ["Order Refunded", 3],
  ["Order Cancelled", 2],
  ["Consent Updated", 3],
  ["Signed Up", 4],
];

/** Draws one person's deliveries: the events of some visits, in the order in which they are received. One in twenty
 *  arrives late, one in thirty twice; one person in five comes by a second device, which logs in later. */
export function drawLife(seed: number, person: number, era: Era): CollectedEvent[] {
  const next = seededNumbers(seed * 1_000_003 + person);
  const below = (end: number) => Math.floor(next() * end);
  const userId: Identifier = ["userId", `u-${person}`];
  const device: Identifier = ["anonymousId", `a-${person}`];
  const second: Identifier = ["anonymousId", `b-${person}`];
  const hasSecond = next() < 0.2;
  const deliveries: CollectedEvent[] = [];
  let made = 0;
  let loggedIn = false;

  function deliver(at: number, identifiers: Identifier[], name = drawName(next)): void {
    const event = drawEvent({ next, below, era, person, made: made++ }, at, identifiers, name);
    if (event.receivedAt >= era.endAt) return;
    deliveries.push(event);
    const again = { ...event, receivedAt: event.receivedAt + below(DAY_MS) };
    if (next() < 1 / 30 && again.receivedAt < era.endAt) deliveries.push(again);
  }

  let at = era.startAt + next() * (era.endAt - era.startAt) * 0.9;
  for (let visits = 1 + below(6); visits > 0 && at < era.endAt; visits--) {
    loggedIn ||= next() < 0.6;
    const onSecond = hasSecond && next() < 0.4;
    const own = onSecond ? second : device;
    // A device that has logged in sends both from then on.
    const identifiers = loggedIn && (!onSecond || next() < 0.5) ? [userId, own] : [own];
    let moment = snap(at, next);
    for (let events = 1 + below(5); events > 0; events--) {
      deliver(Math.floor(moment), identifiers);
      moment += next() * 20 * MINUTE_MS;
    }
    at = moment - Math.log(1 - next()) * 16 * DAY_MS;
  }
  return deliveries.toSorted((a, b) => a.receivedAt - b.receivedAt);
}

/** Often on the hour, where windows begin and end. */
function snap(at: number, next: () => number): number {
  return next() < 0.2 ? Math.floor(at / HOUR_MS) * HOUR_MS : at;
}

function drawName(next: () => number): string {
  let left = next() * 100;
  for (const [name, share] of NAMES) {
    if (left < share) return name;
    left -= share;
  }
  return "Product Viewed";
}

interface Draw {
  readonly next: () => number;
  readonly below: (end: number) => number;
  readonly era: Era;
  readonly person: number;
  readonly made: number;
}

function drawEvent(draw: Draw, moment: number, identifiers: Identifier[], name: string): CollectedEvent {
  const { next, below, era, person, made } = draw;
  // No two events of a person share an instant, so that who wrote last needs no tie-break.
  const at = Math.floor(moment / 100) * 100 + (made % 100);
  const isLate = next() < 0.05;
  const category = SHOP_CATEGORIES[below(SHOP_CATEGORIES.length)];
  const server = next() < 0.3;
  return {
    messageId: `m-${person}-${made}`,
    type: "track",
    event: name,
    identifiers,
    at,
    receivedAt: at + (isLate ? below(2 * DAY_MS) : below(3000)),
    day: era.dayOf(at),
    source: server ? { name: "server", type: "server" } : { name: "web", type: "web" },
    activity: next() < 0.9,
    properties: {
      ...(next() < 0.8 && { category }),
      ...(next() < 0.5 && { quantity: below(8) - 2 }),
      ...(name === "Order Completed" && next() < 0.3 && { coupon: "SPRING" }),
    },
    ...orderOf(draw, name),
    ...(name === "Signed Up" && signUp(draw)),
    ...(name === "Consent Updated" && {
      consent: { purpose: "marketing", channel: ["email", "sms", "*"][below(3)] ?? "*", granted: next() < 0.6 },
    }),
    ...(next() < 0.15 && {
      acquisition: { source: SOURCES[below(2)] ?? "", medium: next() < 0.5 ? "cpc" : "organic" },
    }),
    ...(next() < 0.3 && { place: { city: CITIES[below(2)] ?? "" } }),
    ...(!server && { device: { platform: next() < 0.5 ? "web" : "ios", os: next() < 0.5 ? "iOS" : "Android" } }),
  };
}

function orderOf({ next, below, person, made }: Draw, name: string): Partial<CollectedEvent> {
  const id = `o-${person}-${made}`;
  const amountMinor = below(4000);
  if (name === "Order Completed") {
    const money = { revenue: amountMinor, ...(next() < 0.4 && { discount: below(500) }) };
    return { order: { kind: "completed", id, amountMinor }, money };
  }
  // Of one of the person's latest events, which may have been an order; a cancellation may come before its order.
  const of = `o-${person}-${Math.max(0, made - 1 - below(4))}`;
  if (name === "Order Refunded") return { order: { kind: "refunded", id: of, amountMinor } };
  return name === "Order Cancelled" ? { order: { kind: "cancelled", id: of } } : {};
}

function signUp({ next, below }: Draw): Partial<CollectedEvent> {
  const traits = {
    ...(next() < 0.7 && { city: CITIES[below(2)] ?? "" }),
    ...(next() < 0.5 && { points: below(10) - 5 }),
    ...(next() < 0.4 && { groups: ["a", "b", "c"][below(3)] ?? "" }),
    ...(next() < 0.4 && { firstPlan: next() < 0.5 ? "free" : "pro" }),
    ...(next() < 0.7 && { birthday: BIRTHDAYS[below(BIRTHDAYS.length)] ?? "" }),
    ...(next() < 0.3 && { country: next() < 0.5 ? "United Kingdom" : "France" }),
  };
  const unset = next() < 0.1 && "city" in traits;
  return { traits, traitModes: { ...TRAIT_MODES, ...(unset && { city: "unset" as const }) } };
}
