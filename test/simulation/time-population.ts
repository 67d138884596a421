import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Dice } from "./dice.ts";
import type { Call, Request } from "./population.ts";

/** What happens in a world in which days pass. */
export interface Course {
  /** People come within this time… */
  readonly spanMs: number;
  /** …and everything is checked when this is over: not on the hour, when answers expire. */
  readonly lengthMs: number;
  /** How many timers the look of a minute sees to itself; more go over the queue. */
  readonly few: number;
  /** The time limit of a worker on a slice. */
  readonly sliceTimeoutMs: number;
}

/** Instants of a story, counted from its beginning, drawn before anything goes wrong. */
export interface Turns {
  /** The definitions change. */
  readonly changesMs: number;
  /** No schedule fires. */
  readonly outage: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** Somebody spoils a row of the Tags table. */
  readonly spoilsMs: readonly number[];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** After these the answers of the definitions below expire. */
const WINDOWS_MS = [6 * HOUR_MS, 24 * HOUR_MS, 30 * HOUR_MS, 48 * HOUR_MS];
/** How late events come: at once, or when what they say is about to expire. */
const LATENESS_MS = [4 * MINUTE_MS, 4 * MINUTE_MS, 5.3 * HOUR_MS, 23.3 * HOUR_MS];

export function drawTurns(dice: Dice, { spanMs, lengthMs }: Course): Turns {
  const fromMs = dice.below(lengthMs / 2);
  return {
    changesMs: dice.below(spanMs),
    outage: dice.chance(0.4) ? { fromMs, toMs: fromMs + dice.between(70, 300) * MINUTE_MS } : undefined,
    spoilsMs: dice.chance(0.5)
      ? Array.from({ length: dice.between(1, 4) }, () => dice.below(lengthMs - 12 * HOUR_MS))
      : [],
  };
}

/** Draws who comes when. Often somebody comes back just when an answer about the visit before expires. */
export function drawVisits(
  dice: Dice,
  people: { readonly events: readonly [number, number]; readonly course: Course },
  start: number,
  drawIds: () => Pick<Call, "userId" | "anonymousId" | "context">,
): Request[] {
  const { spanMs } = people.course;
  const requests: Request[] = [];
  let before: { ids: Pick<Call, "userId" | "anonymousId" | "context">; at: number } | undefined;
  const count = dice.between(...people.events);
  for (let n = 0; n < count; n++) {
    const isReturn = before !== undefined && dice.chance(0.4);
    const returnsMs = (before?.at ?? 0) - start + dice.pick(WINDOWS_MS) + dice.between(-90, 90) * 1000;
    const afterMs = isReturn && returnsMs > 0 && returnsMs < spanMs * 1.5 ? returnsMs : dice.below(spanMs);
    const ids = isReturn && before ? before.ids : drawIds();
    // Clocks are wrong by two minutes at most: no event is from the future.
    const at = start + afterMs - dice.pick(LATENESS_MS) - dice.below(40) * MINUTE_MS - n;
    before = { ids, at };
    const call = drawVisit(dice, n, { ...ids, timestamp: new Date(at).toISOString() });
    requests.push({ afterMs, calls: [call] });
    if (dice.chance(0.1)) requests.push({ afterMs: afterMs + dice.below(3 * HOUR_MS), calls: [call] });
  }
  return requests;
}

function drawVisit(
  dice: Dice,
  n: number,
  common: Pick<Call, "userId" | "anonymousId" | "context" | "timestamp">,
): Call {
  const call = { ...common, messageId: `m${n}` };
  const roll = dice.next();
  if (roll < 0.5) return { ...call, type: "track", event: "Product Viewed", properties: { product_id: `s${n}` } };
  if (roll < 0.7) return { ...call, type: "track", event: "Product Added", properties: { product_id: `s${n}` } };
  if (roll < 0.9) {
    const properties = { order_id: `o${n}`, revenue: dice.between(1, 200), currency: "USD" };
    return { ...call, type: "track", event: "Order Completed", properties };
  }
  return { ...call, type: "identify", traits: { points: 1, city: dice.pick(["上海", "北京"]) } };
}

const views = (rest: object = {}) => ({ did: { event: "Product Viewed", atLeast: 1, ...rest } });

/** Answers that expire, a ladder with a hold, and one that asks for a quantile. */
const AT_FIRST: readonly Definition[] = [
  { kind: "trait", name: "points", mode: "add" },
  { kind: "setting", name: "project", timeZone: "Asia/Shanghai" },
  { kind: "tag", name: "viewer", rule: views({ atLeast: 2 }) },
  { kind: "tag", name: "buyer", rule: { did: { event: "Order Completed", atLeast: 1 } } },
  { kind: "tag", name: "fresh", rule: views({ within: "6h" }) },
  { kind: "tag", name: "quiet", rule: { inactive: { for: "1d" } } },
  { kind: "segment", name: "warm", rule: { all: [{ tag: "buyer" }, { not: { tag: "quiet" } }] } },
  {
    kind: "ladder",
    name: "life",
    hold: "1d",
    tiers: [
      { name: "active", rule: views({ within: "1d" }) },
      { name: "silent", rule: views({ within: "2d" }) },
      { name: "lost" },
    ],
  },
  {
    kind: "ladder",
    name: "value",
    tiers: [
      { name: "high", rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.5 } } },
      { name: "rest" },
    ],
  },
];

/** Two tags rest on what was not counted before, one is stricter, one is gone. */
const LATER: readonly Definition[] = [
  { kind: "tag", name: "viewer", rule: views({ atLeast: 3 }) },
  { kind: "tag", name: "quiet", rule: { inactive: { for: "30h" } } },
  { kind: "tag", name: "carter", rule: { did: { event: "Product Added", atLeast: 2 } } },
  {
    kind: "tag",
    name: "spender",
    rule: { sum: { event: "Order Completed", property: "revenue", within: "2d", atLeast: 100 } },
  },
];

export function changesAtFirst(): DefinitionChange[] {
  return AT_FIRST.map(asChange);
}

export function changesLater(): DefinitionChange[] {
  return [...LATER.map(asChange), { op: "remove", kind: "tag", name: "fresh" }];
}

function asChange(definition: Definition): DefinitionChange {
  return { op: "put", kind: definition.kind, name: definition.name, definition };
}
