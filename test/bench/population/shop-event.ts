import { collectCall } from "#domain/collect/collect-call.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { CollectedEvent, Identifier, OrderChange } from "#events/collected-event.ts";
import { checkAnswer, WrongAnswerError } from "../benchmark.ts";
import { seededRandom } from "./random.ts";
import { type Action, anAction, aPerson } from "./shop-action.ts";
import { callOf } from "./shop-call.ts";
import { shopBundle } from "./shop-definitions.ts";

/** How long an action waits in the browser before it is sent. */
export const ON_THE_WAY_MS = 2000;
const PLACE = { country: "GB", city: "London" };

/** The event that collection makes of an action's call, made without it: a million are wanted in seconds.
 *  `checkShopEvents` proves that they are the same. */
export function eventOf(action: Action, calendar: Pick<Calendar, "dayOf">): CollectedEvent {
  const { person, messageId, name, at } = action;
  const { anonymousId, userId } = person;
  const identifiers: Identifier[] = [["anonymousId", anonymousId]];
  if (userId !== undefined) identifiers.unshift(["userId", userId]);
  const isIdentify = name === "identify";
  return {
    messageId,
    type: isIdentify ? "identify" : name === "Page Viewed" ? "page" : "track",
    ...(!isIdentify && { event: name }),
    identifiers,
    at,
    receivedAt: at + ON_THE_WAY_MS,
    day: calendar.dayOf(at),
    source: { name: "web", type: "web" },
    activity: !isIdentify,
    ...(isIdentify && { traits: { ...person.traits } }),
    ...propertiesOf(action),
    place: PLACE,
    device: { platform: "web", os: "Mac OS" },
  };
}

function propertiesOf({ name, product, orderId, query }: Action): Partial<CollectedEvent> {
  if (name === "identify") return {};
  if (name === "Page Viewed") return { properties: {} };
  if (!product) return { properties: { query } };
  const goods = { product_id: product.id, category: product.category, price: product.price, quantity: 1 };
  const minor = Math.round(product.price * 100);
  if (orderId === undefined) return { properties: goods, money: { price: minor } };
  const order: OrderChange = { kind: "completed", id: orderId, amountMinor: minor, items: 1 };
  return {
    properties: { order_id: orderId, revenue: product.price, currency: "GBP", products: [goods] },
    money: { revenue: minor },
    order,
  };
}

/** Throws WrongAnswerError unless `eventOf` is what collection makes of `callOf`, over a thousand actions. */
export function checkShopEvents(): void {
  const bundle = shopBundle();
  const random = seededRandom(7);
  for (let n = 0; n < 1000; n++) {
    const at = Date.UTC(2026, 5, 1) + n * 3_600_000;
    const action = anAction(random, aPerson(random.below(100)), n, at);
    const collected = collectCall(
      JSON.parse(JSON.stringify(callOf(action))),
      {
        wire: "segment",
        source: { name: "web", type: "web", public: true },
        receivedAt: at + ON_THE_WAY_MS,
        ip: "203.0.113.9",
      },
      bundle,
      { newId: () => "made", geo: { find: () => PLACE } },
    );
    if (collected.kind === "refused") throw new WrongAnswerError(`a call was refused: ${collected.code}`);
    checkAnswer("collected event", JSON.stringify(collected.event), JSON.stringify(eventOf(action, bundle.calendar)));
  }
}
