/**
 * What `npm test` runs: the whole suite, or what the arguments select (`npm test -- test/rules`). The arguments are
 * Vitest's. The last lines end with `N passed, N failed`, alone on its line, for whoever reads the output with a program.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { formatTally, readTally } from "./test-tally.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "strata-tests-"));
const results = join(folder, "results.json");

const vitest = spawn(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: "inherit" },
);

// Ctrl-C reaches Vitest as well; we wait for it so that its clean-up ends before us.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => vitest.kill(signal));

vitest.on("close", (code) => {
  const tally = readTally(results, code ?? 1);
  rmSync(folder, { recursive: true, force: true });
  console.log(`\n${formatTally(tally)}`);
  process.exitCode = tally.failed > 0 ? 1 : 0;
});
