import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Files that start the local runtime, which takes its time: they begin first and may take longer. */
export const stackTests = ["test/local/**/*.test.ts", "test/scenarios/**/*.test.ts", "test/**/*.stack.test.ts"];

/**
 * Files at once. Vitest's own choice leaves a core to itself: on two cores that is one file after the other, with half the
 * machine idle. Eight at the most, for a file that starts the runtime may take a gigabyte.
 */
const maxWorkers = Math.min(Math.max(availableParallelism() - 1, 2), 8);

// Limits of time are generous: they are here to end what hangs, not to measure.
export default defineConfig({
  test: {
    globalSetup: "test/support/temporary-folder-of-run.ts",
    projects: [
      {
        test: {
          name: "stack",
          include: stackTests,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          maxWorkers,
        },
      },
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: stackTests,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers,
        },
      },
    ],
  },
});
