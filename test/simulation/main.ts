import { parseArgs } from "node:util";
import { findPlanted } from "./find-planted.ts";
import { plant } from "./plant.ts";
import { findPlantedBug } from "./planted-bugs.ts";
import { WORLDS, type WorldName } from "./population.ts";
import { makeProgress } from "./progress.ts";
import { runSeries, type SeedReport } from "./run-series.ts";

const HELP = `Plays the real handlers over services in memory, on a virtual clock, with faults: one seed, one story.

npm run simulate -- [options]
  --seeds N       how many seeds (default 1000)
  --from N        the first (default 0)
  --seed N        one seed alone; a violation is shrunk to a short story
  --trace         with --seed: tell the whole story as it is, unshrunk
  --world NAME    one world only: ${Object.keys(WORLDS).join(", ")}
  --planted       plant each known bug in turn and see in how many seeds it is found
  --plant NAME    plant one bug, for --seeds or --seed
  --threads N     default 2
  --json          figures as JSON on standard output
  --help`;

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "0" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    world: { type: "string" },
    planted: { type: "boolean", default: false },
    plant: { type: "string" },
    threads: { type: "string", default: "2" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const world = options.world === undefined ? undefined : WORLDS[options.world as WorldName];
if (options.world !== undefined && world === undefined) throw new RangeError(`no world ${options.world}\n${HELP}`);

if (options.help) console.log(HELP);
else if (options.planted) await runPlanted();
else if (options.seed !== undefined) await tellSeed(Number(options.seed));
else await runAll();

async function runAll(): Promise<void> {
  const [from, count] = [Number(options.from), Number(options.seeds)];
  const failed: SeedReport[] = [];
  const progress = makeProgress(count);
  const sums = { seeds: 0, violations: 0, strikes: 0, stalls: 0, merges: 0, ghosts: 0 };
  const covered: Record<string, number> = {};
  await runSeries({ from, to: from + count, world, planted: options.plant }, Number(options.threads), (report) => {
    sums.seeds++;
    sums.strikes += report.strikes;
    sums.merges += report.merges;
    sums.ghosts += report.ghosts;
    sums.stalls += report.stalls;
    for (const [name, n] of Object.entries(report.counted)) covered[name] = (covered[name] ?? 0) + n;
    if (report.violations.length > 0) {
      failed.push(report);
      process.stderr.write(`seed ${report.seed}: ${report.violations[0]?.law}: ${report.violations[0]?.what}\n`);
    }
    progress.step(failed.length);
    return false;
  });
  sums.violations = failed.length;
  const seconds = progress.end();
  failed.sort((a, b) => a.seed - b.seed);
  if (options.json) console.log(JSON.stringify({ ...sums, covered, seconds, failed }));
  else {
    console.log(
      `${sums.seeds} seeds in ${seconds.toFixed(0)} s: ${sums.strikes} faults, ${sums.stalls} of them stalls of more than 20 minutes, ${sums.merges} merges, ${failed.length} violations`,
    );
    for (const [name, n] of Object.entries(covered).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      console.log(`  ${String(n).padStart(8)} ${name}`);
    for (const { seed, violations } of failed.slice(0, 10))
      console.log(`seed ${seed}: ${violations[0]?.law}: ${violations[0]?.what}`);
    // The shrunk story of one that breaks a law within minutes is told at once; where days pass, that takes long.
    const [short] = failed.filter(({ counted }) => counted.checks === undefined);
    if (short) await tellSeed(short.seed);
  }
  if (failed.length > 0) process.exitCode = 1;
}

async function tellSeed(seed: number): Promise<void> {
  if (options.plant !== undefined) plant(findPlantedBug(options.plant));
  const [{ runSeed }, { shrink }, { tellStory }] = await Promise.all([
    import("./run-seed.ts"),
    import("./shrink.ts"),
    import("./story.ts"),
  ]);
  const plot = { seed, ...(world && { world }) };
  const ending = await runSeed(plot);
  if (ending.violations.length > 0) process.exitCode = 1;
  const told = ending.violations.length > 0 && !options.trace ? await shrink(plot, ending) : plot;
  console.log((await tellStory(told, { whole: options.trace })).join("\n"));
}

async function runPlanted(): Promise<void> {
  const found = await findPlanted({ from: Number(options.from), threads: Number(options.threads) }, (line) => {
    if (!options.json) console.log(line);
  });
  const count = found.filter(({ seeds }) => seeds !== undefined).length;
  console.log(options.json ? JSON.stringify(found) : `planted: ${count} of ${found.length}`);
  if (count < found.length) process.exitCode = 1;
}
