import { describe, expect, test } from "vitest";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { describeRun, listRuns } from "#domain/retier/describe-run.ts";
import { resumeRuns } from "#domain/retier/resume-runs.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import { planRuns } from "#functions/retier/plan-runs.ts";
import { NOON } from "../../support/people.ts";
import { openViewers, request, take, worker } from "./viewers.ts";

const MINUTE_MS = 60_000;

describe("a run in trouble", () => {
  test("a message that comes twice while a worker has the slice comes back later", async () => {
    const { ports } = await openViewers();
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
    const world = await openViewers();
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
    const world = await openViewers();
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
    const world = await openViewers();
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
    const world = await openViewers();
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

  test("a person whom no rule can judge is told and left alone; everyone else is evaluated", async () => {
    const world = await openViewers(6);
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
