import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Advanced, advance, type EventInput } from "#domain/journeys/advance.ts";
import type { CompiledJourney } from "#domain/journeys/compile-journey.ts";
import { planEntry } from "#domain/journeys/enter.ts";
import type { Run } from "#domain/journeys/run.ts";
import { ANN, aJourney, aWalker, did } from "./a-journey.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Date.parse("2026-11-20T12:00:00Z");

const RESCUE = {
  goal: { event: "Order Completed", within: "3d" },
  steps: [
    { waitFor: { event: "Order Completed", for: "1h", then: "end" } },
    { split: { experiment: "offer", arms: { control: 1, coupon: 1 } } },
    {
      branch: [
        { arm: "coupon", then: [{ send: { channel: "email", template: "coupon", category: "marketing" } }] },
        { else: [{ tag: { add: "control" } }] },
      ],
    },
    { wait: { for: "2d" } },
    { send: { channel: "sms", template: "last-call", category: "marketing" } },
  ],
};

function enter(journey: CompiledJourney, at = START): Run {
  const event = { event: "Product Added", at, properties: { sku: "s-1" } };
  const entry = planEntry(
    journey,
    { profileId: ANN, liveRuns: 0, recentRuns: 0 },
    { factId: "f-0", event },
    aWalker(at),
  );
  if (!entry.enters) throw new Error(entry.why);
  return entry.run;
}

/** Looks at each wake time until the run has ended; gives back every effect. */
function walkToEnd(journey: CompiledJourney, run: Run, at = START) {
  const effects: Advanced["effects"][number][] = [];
  let advanced = advance(run, journey, { kind: "look" }, aWalker(at));
  effects.push(...advanced.effects);
  while (advanced.wakeAt !== undefined) {
    advanced = advance(advanced.run, journey, { kind: "look" }, aWalker(advanced.wakeAt));
    effects.push(...advanced.effects);
  }
  return { run: advanced.run, effects };
}

const hear = (run: Run, journey: CompiledJourney, event: EventInput) =>
  advance(run, journey, { kind: "event", event }, aWalker(event.at));

describe("a journey", () => {
  const journey = aJourney(RESCUE);

  test("waits, splits, branches and sends, and then has finished", () => {
    const { run, effects } = walkToEnd(journey, enter(journey));
    expect(run.outcome).toEqual({ kind: "finished", at: START + HOUR_MS + 48 * HOUR_MS });
    const [first, last] = effects;
    expect(first?.kind === "touch" ? first.send.template : first?.kind).toBe(
      run.arms[0]?.[1] === "coupon" ? "coupon" : "tag",
    );
    expect(last).toMatchObject({ kind: "touch", path: "steps.4.send", send: { channel: "sms" } });
    expect(effects).toHaveLength(2);
  });

  test("ends where the awaited event comes in time, and the goal is what ended it", () => {
    const waiting = advance(enter(journey), journey, { kind: "look" }, aWalker(START)).run;
    const { run, effects, wakeAt } = hear(waiting, journey, did("Order Completed", START + 10 * MINUTE_MS));
    expect(run.outcome).toEqual({ kind: "goal", at: START + 10 * MINUTE_MS });
    expect(effects).toEqual([]);
    expect(wakeAt).toBeUndefined();
  });

  test("takes an event that happened in time and is heard of late", () => {
    const plan = aJourney({
      steps: [{ waitFor: { event: "Page Viewed", for: "1h", then: "end", else: [{ tag: { add: "late" } }] } }],
    });
    const waiting = advance(enter(plan), plan, { kind: "look" }, aWalker(START)).run;
    const event = did("Page Viewed", START + 59 * MINUTE_MS);
    const inTime = advance(waiting, plan, { kind: "event", event }, aWalker(START + 2 * HOUR_MS));
    expect(inTime).toMatchObject({ run: { outcome: { kind: "finished" } }, effects: [] });
    const after = did("Page Viewed", START + 61 * MINUTE_MS);
    const tooLate = advance(waiting, plan, { kind: "event", event: after }, aWalker(START + 2 * HOUR_MS));
    expect(tooLate.effects).toMatchObject([{ kind: "tag", name: "late", on: true }]);
  });

  test("lets no event satisfy two waits", () => {
    const step = { waitFor: { event: "Page Viewed", for: "1h", else: "end" } };
    const plan = aJourney({ steps: [step, step] });
    const waiting = advance(enter(plan), plan, { kind: "look" }, aWalker(START)).run;
    const event = did("Page Viewed", START + 1);
    const once = hear(waiting, plan, event);
    expect(once.run).toMatchObject({ next: 3, waiting: { for: "event" } });
    const again = hear(once.run, plan, event);
    expect(again.run).toBe(once.run);
  });

  test("counts a conversion after the run has ended, within the goal's time, once", () => {
    const { run } = walkToEnd(journey, enter(journey));
    const late = hear(run, journey, did("Order Completed", START + 71 * HOUR_MS));
    expect(late.run).toMatchObject({ outcome: { kind: "finished" }, convertedAt: START + 71 * HOUR_MS });
    expect(hear(late.run, journey, did("Order Completed", START + 71.5 * HOUR_MS)).run).toBe(late.run);
    expect(hear(run, journey, did("Order Completed", START + 73 * HOUR_MS)).run).toBe(run);
  });

  test("ends by its exit rule before the next step", () => {
    const plan = aJourney({ exit: { when: { not: { trait: { name: "city", is: "上海" } } } }, steps: [{ end: true }] });
    const { run } = advance(enter(plan), plan, { kind: "look" }, aWalker(START));
    expect(run.outcome).toMatchObject({ kind: "exited", why: "exit_rule" });
  });

  test("ends when the journey is stopped", () => {
    const { run } = advance(enter(journey), journey, { kind: "stop" }, aWalker(START));
    expect(run.outcome).toEqual({ kind: "exited", at: START, why: "stopped" });
  });

  test("waits until a time of day in the zone asked for, over a clock change too", () => {
    const plan = aJourney({ steps: [{ wait: { until: "10:00", zone: "Europe/London" } }] });
    const now = Date.parse("2026-10-24T12:00:00+01:00");
    const { wakeAt } = advance(enter(plan, now), plan, { kind: "look" }, aWalker(now));
    expect(new Date(wakeAt ?? 0).toISOString()).toBe("2026-10-25T10:00:00.000Z");
  });

  test("fails where its place is not in the program", () => {
    const { run } = advance({ ...enter(journey), next: 99 }, journey, { kind: "look" }, aWalker(START));
    expect(run.outcome).toMatchObject({ kind: "failed", why: "version_gone" });
  });

  test("asks for each touch once and ends in one outcome, whatever is delivered, how often and when", () => {
    const inputs = fc.array(
      fc.record({
        event: fc.option(fc.constantFrom("Order Completed", "Page Viewed", "Product Added")),
        afterMinutes: fc.nat(6 * 24 * 60),
        again: fc.boolean(),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(inputs, (deliveries) => {
        const touches: string[] = [];
        const outcomes = new Set<string>();
        let run = enter(journey);
        let now = START;
        for (const { event, afterMinutes, again } of deliveries.toSorted((a, b) => a.afterMinutes - b.afterMinutes)) {
          now = START + afterMinutes * MINUTE_MS;
          for (const _ of again ? [1, 2] : [1]) {
            const input =
              event === null ? ({ kind: "look" } as const) : ({ kind: "event", event: did(event, now) } as const);
            const advanced = advance(run, journey, input, aWalker(now));
            for (const effect of advanced.effects) if (effect.kind === "touch") touches.push(effect.touchId);
            run = advanced.run;
            if (run.outcome) outcomes.add(JSON.stringify(run.outcome));
          }
        }
        run = walkToEnd(journey, run, now).run;
        if (run.outcome) outcomes.add(JSON.stringify(run.outcome));
        expect(new Set(touches).size).toBe(touches.length);
        expect(outcomes.size).toBe(1);
        expect(run.visited.length).toBeLessThanOrEqual(journey.program.length);
      }),
      { numRuns: 2000 },
    );
  });
});
