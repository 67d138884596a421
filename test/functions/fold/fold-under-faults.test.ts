import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { typeOf } from "#domain/identity/link-limits.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent, Identifier } from "#events/collected-event.ts";
import { type FoldPorts, foldBatch } from "#functions/fold/fold-batch.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const USERS: Identifier[] = [
  ["userId", "u1"],
  ["userId", "u2"],
];
const EMAILS: Identifier[] = [
  ["email", "a@x.cn"],
  ["email", "b@x.cn"],
];
const VISITORS: Identifier[] = ["a1", "a2", "a3"].map((value) => ["anonymousId", value]);

/** Up to one identifier of each type, strongest first, as collection sends them. */
const identifiers = fc
  .tuple(
    fc.option(fc.constantFrom(...USERS), { nil: undefined }),
    fc.option(fc.constantFrom(...EMAILS), { nil: undefined }),
    fc.option(fc.constantFrom(...VISITORS), { nil: undefined }),
  )
  .map((drawn) => drawn.filter((it) => it !== undefined))
  .filter((drawn) => drawn.length > 0);

const worlds = fc.record({
  events: fc.array(identifiers, { minLength: 1, maxLength: 14 }),
  seed: fc.integer(),
  workers: fc.integer({ min: 1, max: 4 }),
});

/** Several workers take batches that overlap; whatever fails is delivered again, until all is quiet. */
async function deliver(ports: FoldPorts, events: readonly CollectedEvent[], seed: number, workers: number) {
  const next = seededNumbers(seed);
  let rate = 0.04;
  const faulty: FoldPorts = {
    ...ports,
    profiles: withFaults(ports.profiles, next, () => rate),
    identities: withFaults(ports.identities, next, () => rate),
    activity: withFaults(ports.activity, next, () => rate),
    facts: withFaults(ports.facts, next, () => rate),
  };
  const queue = events.flatMap((event) => (next() < 0.3 ? [event, event] : [event]));
  const work = async () => {
    for (let batch = queue.splice(0, 1 + Math.floor(next() * 4)); batch.length > 0; ) {
      const { tasks } = await foldBatch(faulty, batch);
      const failed = tasks.filter(({ state }) => state === "failed").map(({ event }) => event);
      queue.push(...failed);
      batch = queue.splice(0, 1 + Math.floor(next() * 4));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  rate = 0;
  const { tasks } = await foldBatch(faulty, events);
  expect(tasks.filter(({ state }) => state !== "folded")).toEqual([]);
}

const eventsOf = (drawn: readonly Identifier[][]) =>
  drawn.map((ids, n) => anEvent(`m${n}`, { identifiers: ids, at: NOON - n * 1000 }));

function rootOf(people: readonly Profile[], id: ProfileId | undefined): ProfileId | undefined {
  const into = people.find((person) => person.id === id)?.mergedInto;
  return into === undefined ? id : rootOf(people, into);
}

function viewsOf(people: readonly Profile[]): number {
  return people.reduce(
    (sum, { state }) => sum + [...state.features.values()].reduce((n, b) => n + (b.get(0) ?? 0), 0),
    0,
  );
}

describe("folding under crashes, lost answers and competing workers", () => {
  test("every event counts exactly once, with the person of its strongest identifier", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ events: drawn, seed, workers }) => {
        const ports = makeMemoryFoldPorts();
        const events = eventsOf(drawn);
        await deliver(ports, events, seed, workers);
        const people = ports.profiles.all().filter(({ mergedInto }) => mergedInto === undefined);
        expect(viewsOf(people)).toBe(events.length);
        for (const {
          messageId,
          identifiers: [strongest],
        } of events) {
          const owner = rootOf(ports.profiles.all(), ports.identities.rows.get(keyOf(strongest as Identifier)));
          const holders = people.filter(({ state }) => state.seen.has(hashMessageId(messageId)));
          expect(holders.map(({ id }) => id)).toEqual([owner]);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("no identifier points nowhere, every pointed person holds it, and no limit is broken", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ events: drawn, seed, workers }) => {
        const ports = makeMemoryFoldPorts();
        await deliver(ports, eventsOf(drawn), seed, workers);
        const people = new Map(ports.profiles.all().map((person) => [person.id, person]));
        for (const [key, id] of ports.identities.rows) expect(people.get(id)?.state.identifiers.has(key)).toBe(true);
        for (const { state } of people.values()) {
          const users = [...state.identifiers.keys()].filter((key: IdentifierKey) => typeOf(key) === "userId");
          expect(users.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("every change of a membership was published, and no outbox is left", async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ events: drawn, seed, workers }) => {
        const ports = makeMemoryFoldPorts();
        await deliver(ports, eventsOf(drawn), seed, workers);
        for (const person of ports.profiles.all()) {
          if (person.mergedInto === undefined) expect(person.outbox).toEqual([]);
          const facts = ports.facts.published
            .filter((fact) => fact.kind === "membership")
            .filter(({ profileId }) => profileId === person.id);
          const newest = facts.toSorted((a, b) => a.version - b.version).at(-1);
          const isMember = person.mergedInto === undefined && person.memberships.size > 0;
          expect(newest?.change === "entered").toBe(isMember);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
