import { readOptions, UsageError, usage } from "./options.ts";
import { renderResult, spellBytes } from "./render-result.ts";
import { type Progress, torture } from "./torture.ts";

const showEveryMs = 5_000;

/** `npm run torture`. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), Date.now());
  if (options === "help") {
    console.log(usage);
    return;
  }
  const { kills, seed, visitors } = options;
  console.log(`Torture: ${kills} kills, seed ${seed}, ${visitors} visitors a session.`);
  // An exit handler then takes the runtime and its data away.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
  const result = await torture(options, makeReporter(kills));
  if (options.keep) console.log(`The data directory stays: ${result.dataDir}`);
  console.log(renderResult(result));
  const verdict = result.violations.length === 0 ? "0 violations" : `VIOLATED; again: --seed ${seed}`;
  console.log(`torture: ${result.tolls.length} kills, ${verdict}`);
  process.exitCode = result.violations.length === 0 ? 0 : 1;
}

/** A line every few seconds. */
function makeReporter(kills: number): (progress: Progress) => void {
  const begun = performance.now();
  let shownAt = -Infinity;
  return ({ step, kills: done, sent, sample }) => {
    const now = performance.now();
    if (now - shownAt < showEveryMs) return;
    shownAt = now;
    const share = kills === 0 ? sent : (done / kills + sent) / 2;
    const eta =
      step === "killing" && share > 0.02 ? `, about ${spellMinutes(((now - begun) / share) * (1 - share))} to go` : "";
    const percent = Math.floor(sent * 100);
    console.log(`${step}: ${done}/${kills} kills, ${percent} % sent, ${spellBytes(sample.memory)}${eta}`);
  };
}

function spellMinutes(ms: number): string {
  return ms < 90_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error);
  process.exit(error instanceof UsageError ? 2 : 1);
}
