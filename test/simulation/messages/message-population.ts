import type { Dice } from "../dice.ts";
import type { Call, Request } from "../population.ts";
import { type Cast, contextOf } from "./cast.ts";

/** How a world in which messages are sent goes. */
export interface Messaging {
  /** The storm is over. */
  readonly stormMs: number;
  /** What has not come to an end by then never will. */
  readonly lengthMs: number;
}

type Ids = Pick<Call, "userId" | "anonymousId" | "context">;

/** Draws who says what when: many agree to marketing, some take it back; they add, view and buy, live in other zones, and
 *  turn out to be one. */
export function drawCustomers(
  dice: Dice,
  people: { readonly events: readonly [number, number]; readonly emails: number; readonly spanMs: number },
  cast: Cast,
  start: number,
  drawIds: () => Ids,
): Request[] {
  const requests: Request[] = [];
  const { channels } = cast;
  let n = 0;
  const say = (afterMs: number, ids: Ids, rest: object): Call => {
    const call = {
      messageId: `m${n++}`,
      ...ids,
      // Clocks are wrong by two minutes at most: no event is from the future.
      timestamp: new Date(start + afterMs - dice.between(4, 20) * 60_000).toISOString(),
      ...rest,
    } as Call;
    requests.push({ afterMs, calls: [call] });
    return call;
  };
  const idsOf = (one: number): Ids => ({ context: contextOf(one, cast) });
  for (let email = 0; email < people.emails; email++) {
    for (const channel of channels)
      if (dice.chance(0.85)) say(dice.below(60_000), idsOf(email), consent(channel, true));
    if (dice.chance(0.4)) say(dice.below(60_000), idsOf(email), zone(dice));
  }
  const count = dice.between(...people.events);
  for (let more = 0; more < count; more++) {
    const afterMs = dice.chance(0.2) ? dice.below(600_000) : dice.below(people.spanMs);
    const email = dice.below(people.emails);
    const ids = dice.chance(0.75) ? idsOf(email) : drawIds();
    const call = say(afterMs, ids, drawDeed(dice, channels, n));
    if (dice.chance(0.1)) requests.push({ afterMs: afterMs + dice.below(3_600_000), calls: [call] });
  }
  return requests;
}

function drawDeed(dice: Dice, channels: Cast["channels"], n: number): object {
  const properties = { product_id: `s${n}` };
  const roll = dice.next();
  if (roll < 0.3) return { type: "track", event: "Product Added", properties };
  if (roll < 0.55) return { type: "track", event: "Product Viewed", properties };
  if (roll < 0.75) {
    const order = { order_id: `o${n}`, revenue: dice.between(1, 200), currency: "USD" };
    return { type: "track", event: "Order Completed", properties: order };
  }
  return roll < 0.95 ? consent(dice.pick(channels), dice.chance(0.75)) : zone(dice);
}

function consent(channel: string, granted: boolean): object {
  return { type: "track", event: "Consent Updated", properties: { purpose: "marketing", channel, granted } };
}

function zone(dice: Dice): object {
  return { type: "identify", traits: { timezone: dice.pick(["Asia/Shanghai", "Europe/London", "America/New_York"]) } };
}
