/** `npm run bench`: measures what numbers are promised for. See README.md beside it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Benchmark, Report } from "./benchmark.ts";
import { bundles } from "./bundles.ts";
import { collect } from "./collect.ts";
import { cost } from "./cost.ts";
import { foldCore } from "./fold-core.ts";
import { measures } from "./measures.ts";
import { oracle } from "./oracle.ts";
import { renderReport } from "./render-report.ts";
import { retailFull } from "./retail-full.ts";
import { retier } from "./retier.ts";
import { rfm } from "./rfm.ts";
import { rules } from "./rules.ts";
import { stateSize } from "./state-size.ts";
import { touchLatency } from "./touch-latency.ts";

const benchmarks: readonly Benchmark[] = [
  foldCore,
  collect,
  stateSize,
  cost,
  rules,
  bundles,
  retailFull,
  rfm,
  oracle,
  measures,
  retier,
  touchLatency,
];

const HELP = `usage: npm run bench -- [options]

  --only <name>    run one benchmark (may be given several times)
  --events <n>     scale: events to fold, collect or count, people for oracle (default: each benchmark's own)
  --people <n>     scale: people for retier
  --runs <n>       timed runs of each side (default 5)
  --csv <path>     the Online Retail file, for retail-full, rfm and measures
  --json <file>    write what was found as JSON

${benchmarks.map(({ name, summary, onlyByName }) => `  ${name.padEnd(12)} ${summary}${onlyByName ? " (only by name)" : ""}`).join("\n")}
`;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    events: { type: "string" },
    people: { type: "string" },
    runs: { type: "string", default: "5" },
    csv: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function readCount(text: string, name: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1) throw new RangeError(`${name} takes a whole number above 0`);
  return count;
}

function choose(names: readonly string[] | undefined): Benchmark[] {
  if (names === undefined) return benchmarks.filter(({ onlyByName }) => !onlyByName);
  return names.map((name) => {
    const found = benchmarks.find((benchmark) => benchmark.name === name);
    if (!found) throw new RangeError(`no benchmark is named ${name}; see --help`);
    return found;
  });
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  // Lets a run collect its predecessor's garbage before the clock starts.
  setFlagsFromString("--expose-gc");
  globalThis.gc = runInNewContext("gc") as typeof globalThis.gc;
  const options = {
    events: values.events === undefined ? undefined : readCount(values.events, "--events"),
    people: values.people === undefined ? undefined : readCount(values.people, "--people"),
    runs: readCount(values.runs, "--runs"),
    csv: values.csv,
    say: (line: string) => process.stderr.write(`  ${line}\n`),
  };
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    loadBefore: loadavg()[0],
  };
  const reports: Record<string, Report> = {};
  for (const benchmark of choose(values.only)) {
    process.stderr.write(`${benchmark.name}: ${benchmark.summary}\n`);
    const report = await benchmark.run(options);
    reports[benchmark.name] = report;
    process.stdout.write(`\n${renderReport(benchmark.name, report)}\n`);
  }
  if (values.json === undefined) return;
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify({ machine, at: new Date().toISOString(), reports }, null, 2)}\n`);
}

await main();
