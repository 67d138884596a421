import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome, Run } from "#domain/journeys/run.ts";
import { firstDayKept, storedOf } from "#domain/journeys/stored-run.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { ANN } from "./a-journey.ts";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-11-20T12:00:00Z");

const arbitraryRun: fc.Arbitrary<Run> = fc
  .record({
    daysAgo: fc.double({ min: 0, max: 900, noNaN: true }),
    livedDays: fc.double({ min: 0, max: 400, noNaN: true }),
    kind: fc.constantFrom("goal" as const, "finished" as const, "held-out" as const),
    convertedAfterDays: fc.option(fc.double({ min: 0, max: 400, noNaN: true }), { nil: undefined }),
  })
  .map(({ daysAgo, livedDays, kind, convertedAfterDays }): Run => {
    const enteredAt = Math.round(NOW - daysAgo * DAY_MS);
    const outcome: Outcome = { kind, at: Math.round(enteredAt + livedDays * DAY_MS) };
    return {
      id: "r",
      journey: "cart",
      definitionVersion: 1,
      profileId: ANN,
      entryKey: "f",
      enteredAt,
      cause: { factId: "f" },
      next: 0,
      arms: [],
      consumed: [],
      visited: [],
      outcome,
      ...(convertedAfterDays !== undefined && { convertedAt: Math.round(enteredAt + convertedAfterDays * DAY_MS) }),
    };
  });

const keptUntil = (run: Run) => storedOf(run, 1).expiresAt ?? Number.POSITIVE_INFINITY;

describe("what is kept of runs", () => {
  test("of a day that is kept whole every run is there, however it ended and whether it reached its goal", () => {
    fc.assert(
      fc.property(arbitraryRun, fc.constantFrom("UTC", "Asia/Shanghai", "America/Los_Angeles"), (run, zone) => {
        const calendar = makeCalendar(zone);
        fc.pre(calendar.dayOf(run.enteredAt) >= firstDayKept(calendar, NOW));
        expect(keptUntil(run)).toBeGreaterThan(NOW);
      }),
    );
  });

  test("reaching the goal neither lengthens nor shortens it", () => {
    fc.assert(
      fc.property(arbitraryRun, ({ convertedAt: _, ...run }) => {
        expect(keptUntil({ ...run, convertedAt: run.enteredAt })).toBe(keptUntil(run));
      }),
    );
  });

  test("400 days of entries are kept whole, and who ended late is kept for 30 days more", () => {
    for (const zone of ["UTC", "Pacific/Kiritimati"]) {
      const calendar = makeCalendar(zone);
      expect(calendar.dayOf(NOW) - firstDayKept(calendar, NOW)).toBeGreaterThanOrEqual(400);
    }
    fc.assert(
      fc.property(arbitraryRun, (run) => {
        expect(keptUntil(run)).toBeGreaterThanOrEqual((run.outcome?.at ?? 0) + 30 * DAY_MS);
      }),
    );
  });

  test("one that lives is kept as long as it does", () => {
    fc.assert(
      fc.property(arbitraryRun, ({ outcome: _, ...run }) => {
        expect(storedOf(run, 7)).toEqual({ run, revision: 7 });
      }),
    );
  });
});
