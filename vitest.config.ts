import { defineConfig } from "vitest/config";

/** Files that start the local runtime: one at a time, since each brings its own emulators and a small machine has two cores. */
export const stackTests = ["test/local/**/*.test.ts", "test/scenarios/**/*.test.ts", "test/**/*.stack.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: stackTests,
          // Generous: a limit is here to end what hangs, not to measure.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "stack",
          include: stackTests,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
