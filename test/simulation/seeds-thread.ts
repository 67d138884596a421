import { parentPort, workerData } from "node:worker_threads";
import { plant } from "./plant.ts";
import { findPlantedBug } from "./planted-bugs.ts";
import type { Assignment, SeedReport } from "./run-series.ts";

const { from, step, to, world, planted } = workerData as Assignment;
// Sources are patched as they load: nothing of the product may be loaded before this.
if (planted !== undefined) plant(findPlantedBug(planted));
const { runSeed } = await import("./run-seed.ts");

for (let seed = from; seed < to; seed += step) {
  const { violations, struck, merges, ghosts, counted } = await runSeed({ seed, ...(world && { world }) });
  const strikes = [...struck.values()].reduce((sum, n) => sum + n, 0);
  const stalls = struck.get("stall") ?? 0;
  const report: SeedReport = {
    seed,
    violations,
    strikes,
    merges,
    ghosts,
    stalls,
    counted: Object.fromEntries(counted),
  };
  parentPort?.postMessage(report);
}
