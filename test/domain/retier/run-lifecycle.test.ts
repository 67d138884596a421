import { describe, expect, test } from "vitest";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { describeRun, listRuns } from "#domain/retier/describe-run.ts";
import type { SliceMessage } from "#domain/retier/ports.ts";
import { resumeRun, resumeRuns, stopRun } from "#domain/retier/resume-runs.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { type Worker, workSlice } from "#domain/retier/work-slice.ts";
import type { Definition } from "#events/definitions/index.ts";
import { planRuns } from "#functions/retier/plan-runs.ts";
import { anEvent, NOON } from "../../support/people.ts";
import { openRetierWorld } from "../../support/retier-world.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const viewer: Definition = { kind: "tag", name: "viewer", rule: { did: { event: "Product Viewed", within: "30d" } } };
const loyal: Definition = { kind: "tag", name: "loyal", rule: { did: { event: "Product Viewed", atLeast: 2 } } };
const request = { reason: "request", by: "test" } as const;
const seen = (user: string, n = 0) => anEvent(`${user}-${n}`, { identifiers: [["userId", user]], at: NOON - n * 1000 });
const worker: Worker = { owner: "somebody", remainingMs: () => Infinity };

async function openWorld(people = 20) {
  const world = openRetierWorld(2);
  await world.fold(Array.from({ length: people }, (_, n) => seen(`u-${n}`)));
  await world.define(viewer);
  return world;
}

function take(queue: { sent: SliceMessage[] }): SliceMessage {
  const message = queue.sent.shift();
  if (!message) throw new Error("no message");
  return message;
}

describe("the life of a run", () => {
  test("a second start answers with the run that goes on, and sends nothing", async () => {
    const { ports } = await openWorld();
    const first = await startRun(ports, request);
    expect(await startRun(ports, request)).toEqual({ runId: first.runId, started: false });
    expect(ports.queue.sent).toHaveLength(32);
  });

  test("definitions that come into force meanwhile are followed by one more run, however many they are", async () => {
    const world = await openWorld();
    const { ports } = world;
    await startRun(ports, request);
    await world.define(loyal);
    await startRun(ports, { reason: "definitions", by: "ann" });
    await world.define({ ...loyal, name: "loyal-too" });
    await startRun(ports, { reason: "definitions", by: "ann" });
    await world.settle();
    const { runs } = await listRuns(ports, { limit: 10 });
    expect(runs.map(({ status, reason, bundleVersion }) => [status, reason, bundleVersion])).toEqual([
      ["done", "definitions", 3],
      ["done", "request", 1],
    ]);
  });

  test("slices of a run that waits for definitions to spread are kept back", async () => {
    const { ports } = await openWorld();
    const delays: (number | undefined)[] = [];
    const queue = { send: async (_: unknown, options?: { delayMs?: number }) => void delays.push(options?.delayMs) };
    await startRun({ ...ports, queue }, { ...request, delayMs: 120_000 });
    expect(delays).toEqual([120_000]);
  });

  test("once thresholds have come into force, everyone waits until nobody writes by those before", async () => {
    const world = await openWorld();
    await world.define({
      kind: "segment",
      name: "best",
      rule: { quantile: { of: "orders.revenue", among: "all", atLeast: 0.8 } },
    });
    const ports = { ...world.ports, settleMs: 120_000 };
    const sends: { phase?: string | undefined; delayMs?: number }[] = [];
    const queue = {
      ...ports.queue,
      send: async (messages: readonly SliceMessage[], options?: { delayMs?: number }) => {
        sends.push({ phase: messages[0]?.phase, ...options });
        return world.ports.queue.send(messages, options);
      },
    };
    await startRun({ ...ports, queue }, request);
    for (let n = 0; n < 32; n++) await workSlice({ ...ports, queue }, take(world.ports.queue), worker);
    expect(sends).toEqual([
      { phase: "thresholds", delayMs: 0 },
      { phase: "everyone", delayMs: 120_000 },
    ]);
  });

  test("stopped, it stays where it is; resumed, it goes on and ends as if never stopped", async () => {
    const world = await openWorld();
    const { ports } = world;
    const { runId } = await startRun(ports, request);
    for (let n = 0; n < 10; n++) await workSlice(ports, take(ports.queue), worker);
    const before = (await stopRun(ports, runId))?.status;
    await world.settle();
    const stopped = await describeRun(ports, runId);
    expect([before, stopped?.status, stopped?.slices.done]).toEqual(["stopped", "stopped", 10]);
    expect((await resumeRun(ports, runId))?.status).toBe("running");
    await world.settle();
    expect(await describeRun(ports, runId)).toMatchObject({
      status: "done",
      phase: "done",
      people: { seen: 20, changed: 20 },
      facts: 20,
      etaSeconds: null,
    });
    expect(await resumeRun(ports, runId)).toBeUndefined();
  });

  test("a message that comes twice while a worker has the slice comes back later", async () => {
    const { ports } = await openWorld();
    await startRun(ports, request);
    const message = take(ports.queue);
    const scan = ports.profiles.scan;
    const delays: (number | undefined)[] = [];
    const queue = { send: async (_: unknown, options?: { delayMs?: number }) => void delays.push(options?.delayMs) };
    ports.profiles.scan = async (slice) => {
      ports.profiles.scan = scan;
      await workSlice({ ...ports, queue }, message, { ...worker, owner: "another" });
      return scan(slice);
    };
    await workSlice(ports, message, worker);
    expect(delays).toEqual([5 * MINUTE_MS]);
  });

  test("a worker that stalls beyond its lease is replaced, and what it does afterwards counts for nothing", async () => {
    const world = await openWorld();
    const { ports } = world;
    const { runId } = await startRun(ports, request);
    const message = take(ports.queue);
    const scan = ports.profiles.scan;
    ports.profiles.scan = async (slice) => {
      ports.profiles.scan = scan;
      world.advance(25);
      await workSlice(ports, message, { ...worker, owner: "another" });
      return scan(slice);
    };
    await workSlice(ports, message, worker);
    await world.settle();
    expect(await describeRun(ports, runId)).toMatchObject({ status: "done", people: { seen: 20, changed: 20 } });
  });

  test("a run whose messages are lost is picked up after twenty minutes, and only then", async () => {
    const world = await openWorld();
    const { ports } = world;
    const stalled: number[] = [];
    const planned = { ...ports, count: (_: string, n: number) => void stalled.push(n) };
    await planRuns(planned, { task: "start", reason: "nightly" });
    ports.queue.take();
    world.advance(19);
    await planRuns(planned, { task: "resume" });
    expect([ports.queue.sent.length, stalled]).toEqual([0, []]);
    world.advance(1);
    await planRuns(planned, { task: "resume" });
    await planRuns(planned, { task: "resume" });
    expect([ports.queue.sent.length, stalled]).toEqual([32, [1]]);
    await world.settle();
    expect((await listRuns(ports, { limit: 1 })).runs).toMatchObject([{ status: "done", by: "nightly" }]);
  });

  test("one slice whose worker died is picked up while the others go on", async () => {
    const world = await openWorld();
    const { ports } = world;
    await startRun(ports, request);
    const dead = take(ports.queue);
    const scan = ports.profiles.scan;
    ports.profiles.scan = () => Promise.reject(new Error("killed"));
    await expect(workSlice(ports, dead, worker)).rejects.toThrow("killed");
    ports.profiles.scan = scan;
    world.advance(26);
    await workSlice(ports, take(ports.queue), worker);
    const waiting = ports.queue.sent.length;
    await resumeRuns(ports);
    expect(ports.queue.sent.slice(waiting)).toEqual([dead]);
    await resumeRuns(ports);
    expect(ports.queue.sent).toHaveLength(waiting + 1);
  });

  test("a store that does not answer puts a slice off, and nothing is lost", async () => {
    const world = await openWorld();
    const { ports } = world;
    const { runId } = await startRun(ports, request);
    const scan = ports.profiles.scan;
    ports.profiles.scan = () => Promise.reject(new StoreUnavailableError("store_throttled", "Profiles"));
    await workSlice(ports, take(ports.queue), worker);
    ports.profiles.scan = scan;
    expect([ports.queue.sent.length, world.reported.length]).toEqual([32, 1]);
    world.advance(6);
    await world.settle();
    expect(await describeRun(ports, runId)).toMatchObject({ status: "done", people: { seen: 20 } });
  });

  test("tells how far it is, and when it will be over", async () => {
    const world = await openWorld(40);
    await world.run();
    const { ports } = world;
    const { runId } = await startRun(ports, request);
    expect(await describeRun(ports, runId)).toMatchObject({ etaSeconds: null, people: { seen: 0, expected: 40 } });
    world.advance(1);
    for (let n = 0; n < 2; n++) await workSlice(ports, take(ports.queue), worker);
    expect(await describeRun(ports, runId)).toMatchObject({
      phase: "everyone",
      slices: { done: 2, total: 4 },
      people: { seen: 20 },
      etaSeconds: 60,
    });
  });

  test("a person whom no rule can judge is told and left alone; everyone else is evaluated", async () => {
    const world = await openWorld(6);
    const { ports } = world;
    const [bad] = ports.profiles.all();
    const get = ports.definitions.atLeast;
    const poisoned: typeof get = async (version) => {
      const bundle = await get(version);
      const calendar = {
        ...bundle.calendar,
        dayOf: (at: number) => {
          if (at === NOON + 7) throw new RangeError("no such day");
          return bundle.calendar.dayOf(at);
        },
      };
      return { ...bundle, calendar };
    };
    if (bad)
      await ports.profiles.save({
        ...bad,
        version: bad.version + 1,
        state: { ...bad.state, newestReceivedAt: NOON + 7 },
      });
    const { runId } = await startRun(ports, request);
    await world.settle({ ...ports, definitions: { get: () => poisoned(1), atLeast: poisoned } });
    expect(await describeRun(ports, runId)).toMatchObject({
      status: "done",
      people: { seen: 6, changed: 5, failed: 1 },
    });
    expect(world.reported).toHaveLength(1);
  });
});

describe("thresholds", () => {
  const best: Definition = {
    kind: "tag",
    name: "best",
    rule: { quantile: { of: "orders.revenue", among: "buyers", atLeast: 0.5 } },
  };
  const order = (user: string, amountMinor: number) =>
    anEvent(`order-${user}`, {
      event: "Order Completed",
      identifiers: [["userId", user]],
      order: { kind: "completed", id: `o-${user}`, amountMinor },
    });

  test("come into force as a version of their own; found again as they are, they make none", async () => {
    const world = await openWorld(0);
    const { ports } = world;
    await world.fold([1, 2, 3, 4].map((n) => order(`u-${n}`, n * 100)));
    await world.define(best);
    const first = await world.run();
    expect(first.bundleVersion).toBe(3);
    expect((await ports.bundles.current()).thresholds).toMatchObject({
      exact: true,
      values: { "buyers orders.revenue": [[0.5, 200]] },
    });
    world.advance(1);
    const second = await world.run();
    expect([second.bundleVersion, second.figures.changed]).toEqual([3, 0]);
    await world.fold([order("u-5", 1_000), order("u-6", 2_000)]);
    expect((await world.run()).bundleVersion).toBe(4);
    const members = await ports.tags.members("tag:best" as MembershipKey, { limit: 10 });
    expect(members.members).toHaveLength(3);
  });

  test("stay in force under a change of definitions", async () => {
    const world = await openWorld(0);
    await world.fold([order("u-1", 100)]);
    await world.define(best);
    await world.run();
    const { thresholds } = await world.ports.bundles.current();
    await world.define(loyal);
    expect((await world.ports.bundles.current()).thresholds).toEqual(thresholds);
  });
});

describe("people while a run goes on", () => {
  test("who come, act or are merged meanwhile end as everyone does", async () => {
    const world = await openWorld(30);
    const { ports } = world;
    await world.define(loyal);
    const { runId } = await startRun(ports, request);
    for (let n = 0; ports.queue.sent.length > 0; n++) {
      await workSlice(ports, take(ports.queue), { owner: `w-${n}`, remainingMs: () => Infinity });
      if (n < 20) await world.fold([seen(`u-${n}`, 1), seen(`new-${n}`)]);
      if (n % 4 === 0 && n < 20) {
        await world.fold([
          anEvent(`link-${n}`, {
            event: "Linked",
            identifiers: [
              ["email", `e-${n}@x.cn`],
              ["anonymousId", `a-${n}`],
            ],
          }),
          anEvent(`more-${n}`, {
            event: "Linked",
            identifiers: [
              ["userId", `u-${n}`],
              ["email", `e-${n}@x.cn`],
            ],
          }),
        ]);
      }
      await world.index();
    }
    expect((await world.runOf(runId)).status).toBe("done");
    world.advance(1);
    expect((await world.run()).figures).toMatchObject({ seen: 50, changed: 0, repaired: 0 });
    const bundle = await ports.definitions.get();
    for (const person of ports.profiles.all().filter(({ mergedInto }) => mergedInto === undefined)) {
      const { memberships } = evaluateMemberships({ ...person, memberships: new Map() }, world.clock.now, bundle);
      expect([...person.memberships.keys()].toSorted()).toEqual([...memberships.keys()].toSorted());
    }
  });

  test("a review timer that was lost is armed again, and no other person is written", async () => {
    const world = await openWorld(5);
    const { ports } = world;
    await world.run();
    const [ann] = ports.profiles.all();
    if (ann?.timerAt === undefined) throw new Error("no timer");
    world.clock.now = ann.timerAt + 2 * 60 * MINUTE_MS;
    for (const { id, timerAt = 0, version } of ports.profiles.all()) {
      await ports.timers.remove({ kind: "review", id, at: timerAt }, version);
    }
    // They left when the window passed them by; nobody was there to see it.
    expect((await world.run()).figures).toMatchObject({ changed: 5, facts: 5 });
    await world.fold([
      anEvent("again", {
        identifiers: [["userId", "u-0"]],
        at: world.clock.now,
        receivedAt: world.clock.now,
        day: Math.floor(world.clock.now / DAY_MS),
      }),
    ]);
    const back = ports.profiles.all().find(({ memberships }) => memberships.size > 0);
    expect(ports.timers.rows().map(({ id, at }) => [id, at])).toEqual([[back?.id, back?.timerAt]]);
  });
});
