import { readFileSync } from "node:fs";
import type { SeededRandom } from "./seeded-random.ts";
import type { Call, Sender } from "./sender-calls.ts";

interface Session {
  readonly session: number;
  readonly events: readonly { readonly aid: number; readonly ts: number; readonly type: string }[];
}

/** What a visitor does, and when: the calls' common part. */
type Step = Pick<Call, "messageId" | "timestamp" | "event" | "properties">;

const sessions = new URL("../fixtures/otto/sessions.jsonl", import.meta.url);

/**
 * Real sessions, each walked by so many visitors, in 2022. By turns a visitor logs in midway; browses on two devices and
 * logs in on both; never logs in; or orders by telephone (their userId alone, from a server) and logs in at the end.
 * What they did before was anonymous, so that people meet who have to be merged.
 */
export function readClickStream(visitors: number, random: SeededRandom): Sender[] {
  const walks = readFileSync(sessions, "utf8").trimEnd().split("\n");
  return walks.flatMap((line) => {
    const session = JSON.parse(line) as Session;
    return Array.from({ length: visitors }, (_, index) => {
      const name = `${session.session}-${index}`;
      const walk = ways[(session.session + index) % ways.length] ?? loginMidway;
      return walk(name, stepsOf(session, name), random);
    }).flat();
  });
}

type Way = (name: string, steps: readonly Step[], random: SeededRandom) => Sender[];

const loginMidway: Way = (name, steps, random) => {
  const known = random.below(steps.length);
  return [browser(name, "a", steps, known)];
};

const twoDevices: Way = (name, steps, random) => {
  const onFirst = steps.map(() => random.next() < 0.5);
  return ["a", "b"].map((device) => {
    const own = steps.filter((_, index) => onFirst[index] === (device === "a"));
    return browser(name, device, own, random.below(own.length + 1));
  });
};

const neverLogsIn: Way = (name, steps) => [
  { person: `anonymousId:${name}-a`, source: "web", calls: steps.map((step) => anonymous(name, "a", step)) },
];

const ordersByTelephone: Way = (name, steps) => {
  const orders = steps.filter(({ event }) => event === "Order Completed");
  const rest = steps.filter((step) => !orders.includes(step));
  const calls = orders.map((step): Call => ({ type: "track", userId: userIdOf(name), ...step }));
  return [browser(name, "a", rest, rest.length), { person: personOf(name), source: "server", calls }];
};

const ways = [loginMidway, twoDevices, neverLogsIn, ordersByTelephone];

const userIdOf = (name: string): string => `visitor-${name}`;
const personOf = (name: string): string => `userId:${userIdOf(name)}`;
const anonymous = (name: string, device: string, step: Step): Call => {
  return { type: "track", anonymousId: `${name}-${device}`, ...step };
};

/** A device whose user logs in after the first `known` steps. */
function browser(name: string, device: string, steps: readonly Step[], known: number): Sender {
  const userId = userIdOf(name);
  const before = steps.slice(0, known).map((step) => anonymous(name, device, step));
  const login: Call = {
    type: "identify",
    messageId: `${name}-${device}-login`,
    userId,
    anonymousId: `${name}-${device}`,
    timestamp: (steps[known] ?? steps.at(-1))?.timestamp ?? "2022-08-01T00:00:00.000Z",
    traits: { device },
  };
  const after = steps.slice(known).map((step) => ({ ...anonymous(name, device, step), userId }));
  return { person: personOf(name), source: "web", calls: [...before, login, ...after] };
}

/** Lines of one instant are one order, worth something that follows from its products. */
function stepsOf({ events }: Session, name: string): Step[] {
  const orders = Map.groupBy(
    events.filter(({ type }) => type === "orders"),
    ({ ts }) => ts,
  );
  const bought = [...orders].map(([ts, lines]): Step & { ts: number } => {
    const pence = lines.reduce((sum, { aid }) => sum + (aid % 10_000) + 1, 0);
    const order = { order_id: `order-${name}-${ts}`, revenue: pence / 100, currency: "GBP" };
    return { ts, ...stepOf(`${name}-${ts}-order`, ts, "Order Completed"), properties: order };
  });
  const looked = events.flatMap(({ aid, ts, type }, index): (Step & { ts: number })[] => {
    if (type === "orders") return [];
    const event = type === "carts" ? "Product Added" : "Product Viewed";
    return [{ ts, ...stepOf(`${name}-${index}`, ts, event), properties: { product_id: String(aid) } }];
  });
  return [...looked, ...bought].toSorted((a, b) => a.ts - b.ts).map(({ ts: _, ...step }) => step);
}

function stepOf(messageId: string, ts: number, event: string): Step {
  return { messageId, timestamp: new Date(ts).toISOString(), event };
}
