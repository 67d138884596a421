import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import type { Definition } from "#events/definitions/index.ts";
import { source } from "../support/collect-harness.ts";
import type { Dice } from "./dice.ts";
import type { Cast } from "./messages/cast.ts";
import { drawCustomers, type Messaging } from "./messages/message-population.ts";
import { type Course, drawVisits } from "./time-population.ts";
import type { Rates } from "./weather.ts";

/** Who lives in a world, how they meet, and what tends to go wrong there. */
export interface Population {
  readonly users: number;
  readonly emails: number;
  readonly devices: number;
  readonly visitors: number;
  /** The most e-mail addresses that one person may have. */
  readonly emailLimit?: number;
  readonly events: readonly [low: number, high: number];
  readonly shards: number;
  /** Requests begin within this time. */
  readonly spanMs: number;
  readonly faults?: Partial<Rates>;
  /** At least so many identifiers in an event of the second half; the first half are strangers with one each. */
  readonly lateLinks?: number;
  /** Chance that a message is sent again later. */
  readonly resent?: number;
  /** Days pass, with the time path and re-tiering runs; absent: the story is over within minutes. */
  readonly course?: Course;
  /** People are reached; absent: nobody decides or sends. */
  readonly messaging?: Messaging;
}

const HOUR_MS = 3_600_000;
/** Faults of stories in which many more calls are made. */
const SELDOM: Partial<Rates> = {
  slow: 0.015,
  throttled: 0.006,
  outage: 0.005,
  "answer-lost": 0.008,
  "sent-twice": 0.008,
};

/** Worlds in which links may be refused, and some in which none can be. */
export const WORLDS = {
  /** Nobody has a userId: nothing is refused, and the people must be those of a plain union-find. */
  anonymous: { users: 0, emails: 4, devices: 3, visitors: 6, events: [10, 18], shards: 3, spanMs: 3000 },
  shop: { users: 3, emails: 4, devices: 2, visitors: 5, events: [10, 18], shards: 3, spanMs: 3000 },
  /** Many users meet over two addresses and one visitor: merges refuse one another. */
  crowded: { users: 4, emails: 2, devices: 0, visitors: 1, events: [10, 16], shards: 6, spanMs: 800 },
  /** As crowded, and reads of many items often come back with some of them. */
  unread: {
    users: 4,
    emails: 2,
    devices: 0,
    visitors: 2,
    events: [10, 16],
    shards: 6,
    spanMs: 800,
    faults: { "partial-read": 0.25, slow: 0.05, overlap: 0.1 },
  },
  /** A person may have only two addresses. */
  narrow: { users: 1, emails: 5, devices: 1, visitors: 3, emailLimit: 2, events: [8, 14], shards: 3, spanMs: 3000 },
  /** Long chains of merges, left half done more often than not. */
  chains: {
    users: 0,
    emails: 5,
    devices: 4,
    visitors: 6,
    events: [16, 24],
    shards: 6,
    spanMs: 4000,
    lateLinks: 3,
    faults: {
      crash: 0.07,
      sleep: 0.04,
      slow: 0.05,
      throttled: 0.01,
      outage: 0,
      overlap: 0.1,
      "answer-lost": 0,
      "sent-twice": 0,
      "partial-put": 0,
      "partial-read": 0,
      "torn-read": 0,
      "report-lost": 0,
      late: 0,
      "request-repeated": 0,
    },
  },
  /** Three days of few people: what they are in expires, the definitions change, a run over everyone comes every night. */
  days: {
    users: 0,
    emails: 3,
    devices: 2,
    visitors: 4,
    events: [10, 18],
    shards: 2,
    spanMs: 30 * HOUR_MS,
    faults: SELDOM,
    course: { spanMs: 30 * HOUR_MS, lengthMs: 76.5 * HOUR_MS, few: 200, sliceTimeoutMs: 15 * 60_000 },
  },
  /** As many days, but all that falls due goes over the queue, workers have little time, and they stand still often. */
  rush: {
    users: 2,
    emails: 3,
    devices: 1,
    visitors: 4,
    events: [10, 18],
    shards: 2,
    spanMs: 24 * HOUR_MS,
    faults: { ...SELDOM, stall: 0.012, sleep: 0.015, crash: 0.012 },
    course: { spanMs: 24 * HOUR_MS, lengthMs: 64.5 * HOUR_MS, few: 0, sliceTimeoutMs: 125_000 },
  },
  /** Two days of few people who agree to messages and take it back, with two providers of mail that lose answers, refuse,
   *  throttle and are dead for a while. */
  messages: {
    users: 1,
    emails: 3,
    devices: 0,
    visitors: 2,
    events: [8, 16],
    shards: 2,
    spanMs: 26 * HOUR_MS,
    faults: { ...SELDOM, stall: 0.004 },
    messaging: { stormMs: 48 * HOUR_MS, lengthMs: 9 * 24 * HOUR_MS },
  },
} as const satisfies Record<string, Population>;
export type WorldName = keyof typeof WORLDS;

/** Those that a seed is played in where none is named: messages have a series of their own. */
export const USUAL_WORLDS: readonly Population[] = Object.values(WORLDS).filter((world) => !("messaging" in world));

export interface Call {
  readonly messageId: string;
  readonly type: "track" | "identify";
  readonly event?: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly timestamp: string;
  readonly context: object;
  readonly traits?: object;
  readonly properties?: object;
}
export interface Request {
  readonly afterMs: number;
  readonly calls: readonly Call[];
}

const KEY = "SERVER_KEY";
export const WRITE_KEY = KEY;

/** Draws who says what when. */
export function drawRequests(dice: Dice, people: Population, now: number, cast?: Cast): Request[] {
  const { course } = people;
  if (cast) return drawCustomers(dice, people, cast, now, () => drawIds(dice, people, [1, 3]));
  if (course) return drawVisits(dice, { ...people, course }, now, () => drawIds(dice, people, [1, 2]));
  const count = dice.between(...people.events);
  const linksOf = (n: number): readonly [number, number] =>
    people.lateLinks === undefined ? [1, 3] : n < count / 2 ? [1, 1] : [people.lateLinks, 4];
  const calls = Array.from({ length: count }, (_, n) => drawCall(dice, people, now, n, linksOf(n)));
  const requests: Request[] = [];
  for (let start = 0; start < calls.length; ) {
    const size = dice.chance(0.5) ? 1 : dice.between(1, 4);
    const isEarly = people.lateLinks !== undefined && start < count / 2;
    const afterMs = isEarly ? dice.below(people.spanMs / 3) : dice.below(people.spanMs);
    requests.push({ afterMs, calls: calls.slice(start, start + size) });
    start += size;
  }
  const again = calls.filter(() => dice.chance(people.resent ?? 0.15));
  for (const call of again) {
    const afterMs = dice.chance(0.8) ? dice.below(people.spanMs * 2) : dice.pick([25, 6 * 24]) * 3_600_000;
    requests.push({ afterMs, calls: [call] });
  }
  return requests;
}

function drawIds(
  dice: Dice,
  people: Population,
  links: readonly [number, number],
): Pick<Call, "userId" | "anonymousId" | "context"> {
  const ids: { userId?: string; anonymousId?: string; email?: string; device?: string } = {};
  const kinds = (["users", "emails", "devices", "visitors"] as const).filter((kind) => people[kind] > 0);
  for (let more = dice.between(...links); more > 0; more--) {
    const kind = dice.pick(kinds);
    if (kind === "users") ids.userId = `u${dice.below(people.users)}`;
    else if (kind === "emails") ids.email = `e${dice.below(people.emails)}@x.cn`;
    else if (kind === "devices") ids.device = `d${dice.below(people.devices)}`;
    else ids.anonymousId = `a${dice.below(people.visitors)}`;
  }
  return {
    ...(ids.userId !== undefined && { userId: ids.userId }),
    ...(ids.anonymousId !== undefined && { anonymousId: ids.anonymousId }),
    context: {
      ...(ids.email !== undefined && { traits: { email: ids.email } }),
      ...(ids.device !== undefined && { device: { id: ids.device } }),
    },
  };
}

function drawCall(dice: Dice, people: Population, now: number, n: number, links: readonly [number, number]): Call {
  const common = {
    messageId: `m${n}`,
    ...drawIds(dice, people, links),
    timestamp: new Date(now - dice.between(1, 48) * HOUR_MS - n).toISOString(),
  };
  const roll = dice.next();
  if (roll < 0.6) return { ...common, type: "track", event: "Product Viewed", properties: { product_id: `s${n}` } };
  if (roll < 0.8) {
    const properties = { order_id: `o${n}`, revenue: dice.between(1, 200), currency: "USD" };
    return { ...common, type: "track", event: "Order Completed", properties };
  }
  return { ...common, type: "identify", traits: { points: 1, city: dice.pick(["上海", "北京"]) } };
}

/** The definitions at the start, and what they change to while events are on their way: a tag is stricter, one is gone,
 *  one is new, and where addresses are limited, one fewer is allowed. */
export function definitionsOf(version: 1 | 2, { emailLimit }: Population): StoredDefinition[] {
  const tags: Definition[] =
    version === 1
      ? [
          { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", atLeast: 2 } } },
          { kind: "tag", name: "buyer", rule: { did: { event: "Order Completed", atLeast: 1 } } },
          {
            kind: "tag",
            name: "prospect",
            rule: {
              all: [
                { did: { event: "Product Viewed", atLeast: 1 } },
                { not: { did: { event: "Order Completed", atLeast: 1 } } },
              ],
            },
          },
        ]
      : [
          { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", atLeast: 3 } } },
          { kind: "tag", name: "buyer", rule: { did: { event: "Order Completed", atLeast: 1 } } },
          {
            kind: "tag",
            name: "spender",
            rule: { sum: { event: "Order Completed", property: "revenue", atLeast: 100 } },
          },
        ];
  const definitions: Definition[] = [
    ...tags,
    { kind: "trait", name: "points", mode: "add" },
    {
      kind: "setting",
      name: "project",
      identityTypes: emailLimit === undefined ? [] : [{ type: "email", limit: emailLimit - version + 1 }],
    },
  ];
  return [
    source(KEY, "server"),
    ...definitions.map((definition) => ({ kind: definition.kind, name: definition.name, version, definition })),
  ];
}
