import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatTally, readTally } from "./test-tally.ts";

function writeReport(testResults: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), "strata-tally-")), "results.json");
  writeFileSync(path, JSON.stringify({ testResults }));
  return path;
}
const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe("the tally of a test run", () => {
  test("counts passed, failed and skipped tests over all files", () => {
    const report = writeReport([file("failed", "passed", "failed", "skipped"), file("passed", "passed", "todo")]);
    expect(formatTally(readTally(report, 1))).toBe("2 passed, 1 failed, 2 skipped");
  });

  test("says nothing of skipped tests when there are none", () => {
    expect(formatTally(readTally(writeReport([file("passed", "passed")]), 0))).toBe("1 passed, 0 failed");
  });

  test("counts a file that could not be loaded as a failure", () => {
    expect(readTally(writeReport([file("failed"), file("passed", "passed")]), 1).failed).toBe(1);
  });

  test("counts a failed run without a failed test, or without a report, as a failure", () => {
    expect(readTally(writeReport([file("passed", "passed")]), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(readTally("/nowhere/results.json", 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
