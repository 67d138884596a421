import { readFileSync } from "node:fs";
import * as z from "zod";

/** How many tests ended which way. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of Vitest's JSON report that is counted. */
const Report = z.object({
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});

/**
 * Counts a run.
 *
 * @param path where Vitest's JSON reporter wrote
 * @param exitCode Vitest's own verdict: when it failed for a reason that is no test's (an unhandled rejection, nothing to
 *   run, a crash before the report), that counts as one failure, so that the line never claims more than the exit code
 */
export function readTally(path: string, exitCode: number): Tally {
  let files: z.infer<typeof Report>["testResults"] = [];
  try {
    files = Report.parse(JSON.parse(readFileSync(path, "utf8"))).testResults;
  } catch (error) {
    if (exitCode === 0) throw error;
  }
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === "passed").length;
  const failedTests = tests.filter((test) => test.status === "failed").length;
  // A file that could not be loaded has failed without a failed test.
  const brokenFiles = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const counted = failedTests + brokenFiles;
  return {
    passed,
    failed: exitCode !== 0 && counted === 0 ? 1 : counted,
    skipped: tests.length - passed - failedTests,
  };
}

export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}
