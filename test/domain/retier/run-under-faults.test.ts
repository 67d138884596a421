import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { findCurrent } from "#domain/retier/current-run.ts";
import type { RetierPorts } from "#domain/retier/ports.ts";
import { resumeRuns } from "#domain/retier/resume-runs.ts";
import { findRun } from "#domain/retier/run.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Definition } from "#events/definitions/index.ts";
import { withFaults } from "../../support/failing-ports.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";
import { seededNumbers } from "../../support/seeded-numbers.ts";

const DAY_MS = 86_400_000;
type World = ReturnType<typeof openRetierWorld>;

const before: Definition[] = [{ kind: "tag", name: "old", rule: { did: { event: "Product Viewed", within: "7d" } } }];
const after: Definition[] = [
  { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", within: "30d", atLeast: 2 } } },
  { kind: "tag", name: "ever", rule: { did: { event: "Product Viewed", atLeast: 4 } } },
  { kind: "segment", name: "top", rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.6 } } },
  {
    kind: "ladder",
    name: "value",
    tiers: [{ name: "high", rule: { rfm: { m: [4, 5] } } }, { name: "rest" }],
  },
];

/** What so many people did, by chance. */
function historyOf(people: number, next: () => number): CollectedEvent[] {
  return Array.from({ length: people }, (_, n) => n).flatMap((n) => {
    const own = (name: string, daysAgo: number, rest: Partial<CollectedEvent>) =>
      anEvent(`${n}-${name}`, {
        identifiers: [["userId", `u-${n}`]],
        at: NOON - Math.floor(daysAgo * DAY_MS),
        receivedAt: NOON - Math.floor(daysAgo * DAY_MS),
        ...rest,
      });
    const views = Array.from({ length: 1 + Math.floor(next() * 5) }, (_, v) => own(`v${v}`, next() * 60, {}));
    const amountMinor = Math.floor(next() * 100_00);
    const order = { kind: "completed" as const, id: `o-${n}`, amountMinor };
    return next() < 0.6 ? [...views, own("o", next() * 90, { event: "Order Completed", order })] : views;
  });
}

async function openWorld(seed: number, people: number): Promise<World> {
  // Slices of several pages: a run is cut into few slices once it knows that people are few.
  const world = openRetierWorld(1);
  await world.define(...before);
  await world.fold(historyOf(people, seededNumbers(seed)));
  await world.run("nightly");
  await world.define(...after);
  await world.remove("tag", "old");
  await world.index();
  return world;
}

/** Several workers at once, who die at any call; messages that come twice; workers that stall beyond their lease; and
 *  a rule that looks after the run. */
async function runWithFaults(world: World, seed: number): Promise<void> {
  const next = seededNumbers(seed);
  let rate = 0.03;
  const { ports } = world;
  const fault = <Port extends object>(port: Port) => withFaults(port, next, () => rate);
  const on: RetierPorts = {
    ...ports,
    profiles: fault(ports.profiles),
    identities: fault(ports.identities),
    activity: fault(ports.activity),
    facts: fault(ports.facts),
    tags: fault(ports.tags),
    timers: fault(ports.timers),
    metrics: fault(ports.metrics),
    tallies: fault(ports.tallies),
    work: fault(ports.work),
    queue: fault(ports.queue),
  };
  let workers = 0;
  const attempt = async (work: () => Promise<unknown>) => work().catch(() => undefined);
  const newest = async () => {
    const current = (await findCurrent(ports.work))?.current;
    return current && (await findRun(ports.work, current.order.runId))?.run;
  };
  for (let round = 0; round < 400; round++) {
    if (round > 300) rate = 0;
    if ((await newest())?.reason !== "request") await attempt(() => startRun(on, { reason: "request", by: "test" }));
    await attempt(() => resumeRuns(on));
    const messages = ports.queue.sent.splice(0, 1 + Math.floor(next() * 5));
    await Promise.all(
      messages.map(async (message) => {
        if (next() < 0.1) ports.queue.sent.push(message);
        // An invocation that is out of time goes on with a fresh message.
        const late = next() < 0.3 ? 0 : Infinity;
        const worker = { owner: `faulty-${++workers}`, remainingMs: () => late };
        await workSlice(on, message, worker).catch(() => ports.queue.sent.push(message));
      }),
    );
    await world.index();
    // Not over midnight: what is evaluated then is another day.
    if (world.clock.now < NOON + 11 * 3_600_000) world.clock.now += Math.floor(next() * 3) * 3 * 60_000;
    const run = await newest();
    if (run?.reason === "request" && run.status === "done" && ports.queue.sent.length === 0) return;
  }
  throw new Error(`not done: ${JSON.stringify(await newest())}`);
}

async function resultOf(world: World) {
  const { profiles, bundles, metrics, tags } = world.ports;
  const bundle = await bundles.current();
  const counts = await Promise.all(
    [...compileBundle(bundle).membershipKeys].map(async (key) => [
      key,
      (await metrics.lastMembershipCount(key))?.count,
    ]),
  );
  const people = profiles
    .all()
    .map((person) => ({
      id: person.id,
      memberships: [...person.memberships.keys()].toSorted(),
      outbox: person.outbox.length,
      filledTo: person.filledTo,
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const rows = tags
    .rows()
    .filter(({ left }) => !left)
    .map(({ key, profileId }) => `${key} ${profileId}`)
    .toSorted();
  return { counts, people, rows, thresholds: bundle.thresholds?.values };
}

describe("a run whose workers are killed at random", () => {
  test("ends as an undisturbed one: memberships, counts, thresholds, rows of the Tags table", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const [calm, stormy] = [await openWorld(seed, 25), await openWorld(seed, 25)];
        await calm.run();
        await runWithFaults(stormy, seed);
        expect(await resultOf(stormy)).toEqual(await resultOf(calm));
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  test("leaves everyone as a brute-force evaluation of their events would have them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const world = await openWorld(seed, 25);
        await world.run();
        const fresh = openRetierWorld();
        await fresh.define(...after);
        await fresh.fold(historyOf(25, seededNumbers(seed)));
        const bundle = compileBundle({ ...(await world.ports.bundles.current()) });
        const rebuilt = new Map(fresh.ports.profiles.all().map((person) => [person.id, person]));
        for (const person of world.ports.profiles.all()) {
          const state = rebuilt.get(person.id)?.state ?? person.state;
          const { memberships } = evaluateMemberships(
            { ...person, state, memberships: new Map(), reviewAt: Infinity },
            NOON,
            bundle,
          );
          expect([...person.memberships.keys()].toSorted()).toEqual(
            [...memberships.keys()].toSorted() as MembershipKey[],
          );
          expect(person.state.features).toEqual(state.features);
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
