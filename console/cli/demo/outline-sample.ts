import { openText } from "../open-text.ts";
import { splitLines } from "../replay/split-lines.ts";

/** What the demo has to know of its sample before it sends it. */
export interface SampleOutline {
  readonly calls: number;
  readonly people: number;
  readonly orders: number;
  readonly refunds: number;
  /** Of the newest call: milliseconds since 1970. */
  readonly newestAt: number;
  /** The very first order, and whose it is. */
  readonly firstOrder: { readonly userId: string; readonly at: number };
  /** Three people worth a look: who spent most, who spent most and then stayed away, and who came first, lately. */
  readonly examples: readonly string[];
}

interface Person {
  readonly userId: string;
  orders: number;
  revenue: number;
  refunds: number;
  lastAt: number;
}

/** Reads the sample once, from beginning to end. */
export async function outlineSample(path: string): Promise<SampleOutline> {
  const people = new Map<string, Person>();
  let calls = 0;
  let newestAt = 0;
  let firstOrder: SampleOutline["firstOrder"] | undefined;
  const { chunks } = await openText(path);
  for await (const lines of splitLines(chunks, 1024 * 1024)) {
    for (const { text = "" } of lines) {
      const call = JSON.parse(text) as {
        userId: string;
        timestamp: string;
        event?: string;
        properties?: { revenue: number };
      };
      const at = Date.parse(call.timestamp);
      const person = people.get(call.userId) ?? { userId: call.userId, orders: 0, revenue: 0, refunds: 0, lastAt: 0 };
      people.set(call.userId, person);
      calls++;
      newestAt = Math.max(newestAt, at);
      person.lastAt = Math.max(person.lastAt, at);
      if (call.event === "Order Completed") {
        firstOrder ??= { userId: call.userId, at };
        person.orders++;
        person.revenue += call.properties?.revenue ?? 0;
      }
      if (call.event === "Order Refunded") person.refunds++;
    }
  }
  if (firstOrder === undefined) throw new Error(`${path} has no orders`);
  const all = [...people.values()];
  return {
    calls,
    people: people.size,
    orders: all.reduce((sum, { orders }) => sum + orders, 0),
    refunds: all.reduce((sum, { refunds }) => sum + refunds, 0),
    newestAt,
    firstOrder,
    examples: pickExamples(all, newestAt),
  };
}

/** Half a year: longer than most of the shop's customers stay away. */
const AWAY_MS = 183 * 86_400_000;

function pickExamples(people: readonly Person[], newestAt: number): string[] {
  const picked: string[] = [];
  const pick = (candidates: readonly Person[], score: (person: Person) => number): void => {
    const [best] = candidates.filter(({ userId }) => !picked.includes(userId)).toSorted((a, b) => score(b) - score(a));
    if (best !== undefined) picked.push(best.userId);
  };
  pick(people, ({ revenue }) => revenue);
  pick(
    people.filter(({ lastAt }) => lastAt < newestAt - AWAY_MS),
    ({ revenue }) => revenue,
  );
  pick(
    people.filter(({ orders, refunds }) => orders === 1 && refunds === 0),
    ({ lastAt }) => lastAt,
  );
  return picked;
}
