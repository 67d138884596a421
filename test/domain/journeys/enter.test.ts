import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawArm, drawShare } from "#domain/journeys/draw.ts";
import { countRuns, passesGate, planEntry } from "#domain/journeys/enter.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { ANN, aJourney, aWalker } from "./a-journey.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR_MS = 3_600_000;
const STEPS = [{ end: true }];
const person = { profileId: ANN, liveRuns: 0, recentRuns: 0 };
const cause = (factId: string, at = NOW, properties = {}) => ({
  factId,
  event: { event: "Product Added", at, properties },
});

describe("entering a journey", () => {
  test("the same trigger gives the same run, another one another", () => {
    const journey = aJourney({ steps: STEPS });
    const runOf = (factId: string) => {
      const entry = planEntry(journey, person, cause(factId), aWalker(NOW));
      return entry.enters ? entry.run.id : entry.why;
    };
    expect(runOf("f-1")).toBe(runOf("f-1"));
    expect(runOf("f-1")).not.toBe(runOf("f-2"));
  });

  test.each([
    ["journey_not_live", { state: "paused" }, person, cause("f")],
    ["journey_not_live", { state: "stopped" }, person, cause("f")],
    ["trigger_too_old", {}, person, cause("f", NOW - 73 * HOUR_MS)],
    ["entry_rule", { entry: { when: { trait: { name: "city", exists: true } } } }, person, cause("f")],
    ["too_many_runs", {}, { profileId: ANN, liveRuns: 25, recentRuns: 0 }, cause("f")],
    ["too_many_runs", {}, { profileId: ANN, liveRuns: 0, recentRuns: 500 }, cause("f")],
    ["property_missing", { entry: { once: { property: "order_id" } } }, person, cause("f")],
  ])("is refused: %s", (why, written, who, by) => {
    expect(planEntry(aJourney({ steps: STEPS, ...written }), who, by, aWalker(NOW))).toEqual({ enters: false, why });
  });

  test("only runs of the last 30 days stand in the way of another", () => {
    const entry = planEntry(aJourney({ steps: STEPS }), person, cause("f"), aWalker(NOW));
    if (!entry.enters) throw new Error(entry.why);
    const outcome = { kind: "finished", at: NOW } as const;
    const runs = [29, 31, 200].map((days) => ({ ...entry.run, outcome, enteredAt: NOW - days * 24 * HOUR_MS }));
    expect(countRuns(runs, NOW)).toEqual({ liveRuns: 0, recentRuns: 1 });
    expect(countRuns([entry.run, ...runs], NOW)).toEqual({ liveRuns: 1, recentRuns: 2 });
  });

  test("a gate lets the same entry pass again, and another one once it has reopened", () => {
    const gate = (once: unknown, factId: string, at: number, properties = {}) => {
      const entry = planEntry(
        aJourney({ steps: STEPS, entry: { once } }),
        person,
        cause(factId, at, properties),
        aWalker(at),
      );
      if (!entry.enters || !entry.gate) throw new Error("no gate");
      return entry.gate;
    };
    const first = gate({ per: "7d" }, "f-1", NOW);
    expect(passesGate(first, first)).toBe(true);
    expect(passesGate(first, gate({ per: "7d" }, "f-2", NOW + 167 * HOUR_MS))).toBe(false);
    expect(passesGate(first, gate({ per: "7d" }, "f-2", NOW + 168 * HOUR_MS))).toBe(true);
    expect(passesGate(gate("ever", "f-1", NOW), gate("ever", "f-2", NOW + 1e12))).toBe(false);
    const [a, b] = ["o-1", "o-2"].map((id) => gate({ property: "order_id" }, "f", NOW, { order_id: id }));
    expect(a?.key).not.toBe(b?.key);
  });

  test("a held-out person's run ends at once, and always for the same people", () => {
    const journey = aJourney({ steps: STEPS, holdout: "10%" });
    const heldOut = Array.from({ length: 5000 }, (_, n) => {
      const entry = planEntry(
        journey,
        { profileId: `p_${n}` as ProfileId, liveRuns: 0, recentRuns: 0 },
        cause("f"),
        aWalker(NOW),
      );
      return entry.enters && entry.run.outcome?.kind === "held-out";
    }).filter(Boolean).length;
    // 500 expected, standard deviation 21: six of them are one in a thousand million.
    expect(Math.abs(heldOut - 500)).toBeLessThan(6 * 21);
  });
});

describe("draws", () => {
  test("are stable, and shares of different purposes are independent", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (purpose, who) => {
        const share = drawShare(purpose, who);
        expect(share).toBe(drawShare(purpose, who));
        expect(share >= 0 && share < 1).toBe(true);
      }),
    );
    const arms = [
      ["a", 1],
      ["b", 3],
    ] as const;
    const people = Array.from({ length: 8000 }, (_, n) => `p_${n}`);
    const ofB = people.filter((one) => drawArm("x", one, arms) === "b").length;
    expect(Math.abs(ofB - 6000)).toBeLessThan(6 * 39);
    const both = people.filter((one) => drawArm("x", one, arms) === "b" && drawArm("y", one, arms) === "b").length;
    expect(Math.abs(both - 4500)).toBeLessThan(6 * 45);
  });
});
