import { describe, expect, test } from "vitest";
import { describeRun, listRuns } from "#domain/retier/describe-run.ts";
import type { SliceMessage } from "#domain/retier/ports.ts";
import { resumeRun, stopRun } from "#domain/retier/resume-runs.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import { loyal, openViewers, request, take, worker } from "./viewers.ts";

describe("the life of a run", () => {
  test("a second start answers with the run that goes on, and sends nothing", async () => {
    const { ports } = await openViewers();
    const first = await startRun(ports, request);
    expect(await startRun(ports, request)).toEqual({ runId: first.runId, started: false });
    expect(ports.queue.sent).toHaveLength(32);
  });

  test("definitions that come into force meanwhile are followed by one more run, however many they are", async () => {
    const world = await openViewers();
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
    const { ports } = await openViewers();
    const delays: (number | undefined)[] = [];
    const queue = { send: async (_: unknown, options?: { delayMs?: number }) => void delays.push(options?.delayMs) };
    await startRun({ ...ports, queue }, { ...request, delayMs: 120_000 });
    expect(delays).toEqual([120_000]);
  });

  test("once thresholds have come into force, everyone waits until nobody writes by those before", async () => {
    const world = await openViewers();
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
    const world = await openViewers();
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

  test("tells how far it is, and when it will be over", async () => {
    const world = await openViewers(40);
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
});
