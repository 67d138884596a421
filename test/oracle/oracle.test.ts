import { expect, test } from "vitest";
import { runOracle } from "./run-oracle.ts";

test("what people are in is true after every wake, at each midnight and at random instants", {
  timeout: 240_000,
}, async () => {
  // The end of a February of 29 days, and the night on which London's clocks go forward.
  const startAt = Date.parse("2028-02-20T00:00:00Z");
  const found = await runOracle({ people: 300, days: 40, seed: 11, instants: 20, startAt });
  expect(found.mismatches).toEqual([]);
  expect(found.midnights).toBe(40);
  expect(found.checks.atMidnight).toBeGreaterThan(5000);
  expect(found.answersChanged).toBeGreaterThan(200);
  expect(found.merges).toBeGreaterThan(0);
  expect(found.reads).toBeLessThanOrEqual(found.answersChanged + found.timersMoved + found.strayTimers);
});
