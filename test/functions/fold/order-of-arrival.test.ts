import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import { comparableState } from "../../support/comparable-state.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { aBundle } from "../../support/fold-ports.ts";
import { NOON } from "../../support/people.ts";
import { openPipeline } from "../../support/pipeline.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const HOUR = 3_600_000;

/** Features of every unit: hours, days, all time; counts and sums. */
const bundle = aBundle(
  ...[
    { did: { event: "Product Viewed", within: "6h" } },
    { did: { event: "Product Viewed", within: "30d", atLeast: 2 } },
    { did: { event: "Order Completed", atLeast: 1 } },
    { sum: { event: "Order Completed", property: "revenue", within: "90d", atLeast: 100 } },
  ].map((rule, n): Definition => ({ kind: "tag", name: `tag-${n}`, rule }) as Definition),
);

/** Who sends a call: identifiers of types that are not unique, too few to reach a limit, so that no link is refused. */
const sender = fc
  .record(
    {
      anonymousId: fc.constantFrom("a-1", "a-2", "a-3", "a-4"),
      email: fc.constantFrom("ann@x.cn", "bob@x.cn", "cid@x.cn"),
      device: fc.constantFrom("d-1", "d-2", "d-3"),
    },
    { requiredKeys: [] },
  )
  .filter((drawn) => Object.keys(drawn).length > 0);

const call = fc.record({
  sender,
  hoursAgo: fc.integer({ min: 0, max: 40 * 24 }),
  what: fc.constantFrom("view", "order", "cancel", "refund", "identify"),
  order: fc.constantFrom("o-1", "o-2"),
  amount: fc.integer({ min: 0, max: 500 }),
  city: fc.constantFrom("上海", "北京", "London"),
  campaign: fc.option(fc.constantFrom("spring", "autumn"), { nil: undefined }),
});
type Drawn = typeof call extends fc.Arbitrary<infer Value> ? Value : never;

function spell({ sender: who, hoursAgo, what, order, amount, city, campaign }: Drawn, n: number): object {
  const { anonymousId, email, device } = who;
  const names = {
    view: "Product Viewed",
    order: "Order Completed",
    cancel: "Order Cancelled",
    refund: "Order Refunded",
  };
  return {
    ...(what === "identify" ? { type: "identify", traits: { city } } : { type: "track", event: names[what] }),
    messageId: `m-${n}`,
    timestamp: new Date(NOON - hoursAgo * HOUR).toISOString(),
    anonymousId,
    properties: { order_id: order, revenue: amount, currency: "USD" },
    context: {
      ...(email && { traits: { email } }),
      ...(device && { device: { id: device } }),
      ...(campaign && { campaign: { name: campaign, source: "news" } }),
    },
  };
}

/** One seed decides in which order the events come, how they are cut into batches, and how two workers take turns. */
function planArrival(events: readonly CollectedEvent[], seed: number): { workers: CollectedEvent[][][] } {
  const next = seededNumbers(seed);
  const order = events
    .map((event) => ({ event, place: next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ event }) => event);
  const workers: CollectedEvent[][][] = [[], []];
  while (order.length > 0) workers[next() < 0.5 ? 0 : 1]?.push(order.splice(0, 1 + Math.floor(next() * 4)));
  return { workers };
}

/** The people that union-find makes of the links, each with the state of its events folded in the order given. */
function model(events: readonly CollectedEvent[]): Map<IdentifierKey, ProfileState> {
  const parent = new Map<IdentifierKey, IdentifierKey>();
  const find = (key: IdentifierKey): IdentifierKey => {
    const up = parent.get(key) ?? key;
    return up === key ? key : find(up);
  };
  const since = new Map<IdentifierKey, number>();
  for (const { identifiers, at } of events) {
    const [first, ...rest] = identifiers.map(keyOf);
    if (first === undefined) throw new Error("an event of nobody");
    for (const key of [first, ...rest]) {
      since.set(key, Math.min(at, since.get(key) ?? Infinity));
      parent.set(find(key), find(first));
    }
  }
  const states = new Map<IdentifierKey, ProfileState>();
  for (const [root, keys] of Map.groupBy(since.keys(), find)) {
    const own = events.filter(({ identifiers: [strongest] }) => strongest && find(keyOf(strongest)) === root);
    const identifiers = new Map(keys.map((key) => [key, since.get(key) ?? 0]));
    const { state } = foldEvents({ ...emptyState(), identifiers }, own, bundle.features);
    for (const key of keys) states.set(key, state);
  }
  return states;
}

async function arrive(events: readonly CollectedEvent[], seed: number) {
  const pipeline = openPipeline(bundle);
  const next = seededNumbers(seed ^ 0x5bd1e995);
  const slowly = <Port extends object>(port: Port) => withFaults(port, next, () => 0);
  const { ports } = pipeline;
  const paced = {
    ...ports,
    profiles: slowly(ports.profiles),
    identities: slowly(ports.identities),
    activity: slowly(ports.activity),
    facts: slowly(ports.facts),
  };
  await Promise.all(
    planArrival(events, seed).workers.map(async (batches) => {
      for (const batch of batches) await pipeline.fold(batch, paced);
    }),
  );
  return pipeline;
}

/** Leaves out what depends on how the person came about (model.md §3). */
function comparableText(state: ProfileState): string {
  return JSON.stringify(comparableState({ ...state, absorbed: new Set() }), null, 1);
}

const PERMUTATIONS_A_RUN = 5;

describe("linked events, in any order, in any batches, through competing workers", () => {
  test("end in one and the same state, and the people are those of union-find", async () => {
    const { accept } = openPipeline(bundle);
    let permutations = 0;
    let merges = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 2, maxLength: 9 }),
        fc.array(fc.integer(), { minLength: PERMUTATIONS_A_RUN, maxLength: PERMUTATIONS_A_RUN }),
        async (drawn, seeds) => {
          const events = accept(drawn.map(spell));
          const wanted = model(events);
          const texts = new Map([...new Set(wanted.values())].map((state) => [state, comparableText(state)]));
          for (const seed of seeds) {
            const { ports, living } = await arrive(events, seed);
            permutations++;
            merges += ports.counted.get("PeopleMerged") ?? 0;
            const people = new Map(living().map((person) => [person.id, comparableText(person.state)]));
            expect([...ports.identities.rows.keys()].toSorted()).toEqual([...wanted.keys()].toSorted());
            for (const [key, id] of ports.identities.rows) {
              const state = wanted.get(key);
              expect([key, people.get(id)]).toEqual([key, state && texts.get(state)]);
            }
            expect(people.size).toBe(new Set(wanted.values()).size);
            expect(ports.counted.get("LinksRefused") ?? 0).toBe(0);
          }
        },
      ),
      { numRuns: 10_000 / PERMUTATIONS_A_RUN },
    );
    expect(permutations).toBe(10_000);
    // The property is about merging: most runs must have merged somebody.
    expect(merges).toBeGreaterThan(5_000);
    // A busy machine needs longer than other tests do.
  }, 300_000);
});
