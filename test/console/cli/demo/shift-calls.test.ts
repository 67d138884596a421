import fc from "fast-check";
import { expect, test } from "vitest";
import { shiftCalls, WEEK_MS, weeksUntil } from "../../../../console/cli/demo/shift-calls.ts";

const instant = fc.integer({ min: 0, max: Date.parse("2100-01-01T00:00:00Z") });

test("after a shift by whole weeks the newest event is not in the future, and less than a week old", () => {
  fc.assert(
    fc.property(instant, instant, (newestAt, now) => {
      const shift = weeksUntil(newestAt, now);
      expect(Math.abs(shift % WEEK_MS)).toBe(0);
      expect(newestAt + shift).toBeLessThanOrEqual(now);
      expect(newestAt + shift).toBeGreaterThan(now - WEEK_MS);
    }),
    { numRuns: 1000 },
  );
});

test("a shifted call keeps everything but its time: the same invoice is the same event on any day", () => {
  const call = {
    messageId: "536365",
    userId: "1",
    timestamp: "2011-12-09T12:49:00.000Z",
    properties: { revenue: 1.5 },
  };
  expect(shiftCalls(2 * WEEK_MS)(call)).toEqual({ ...call, timestamp: "2011-12-23T12:49:00.000Z" });
});
