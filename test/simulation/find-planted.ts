import { findPlantedBug, PLANTED_BUGS } from "./planted-bugs.ts";
import { WORLDS } from "./population.ts";
import { runSeries } from "./run-series.ts";

export interface Found {
  readonly name: string;
  readonly world: string;
  /** How many seeds it took; absent if it was not found. */
  readonly seeds?: number;
  readonly law?: string;
}

const MAX_SEEDS = 1000;

/** Plants each bug in turn and runs seeds until one breaks a law. */
export async function findPlanted(
  {
    from,
    threads,
    names = PLANTED_BUGS.map(({ name }) => name),
  }: { from: number; threads: number; names?: readonly string[] },
  tell: (line: string) => void,
): Promise<Found[]> {
  const found: Found[] = [];
  const queue = [...names];
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const outcome = await findOne(name, from);
      found.push(outcome);
      tell(describe(outcome));
    }
  };
  await Promise.all(Array.from({ length: threads }, work));
  return found.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

async function findOne(name: string, from: number): Promise<Found> {
  const { world } = findPlantedBug(name);
  let outcome: Found = { name, world: world ?? "all" };
  const series = { from, to: from + MAX_SEEDS, planted: name, world: world && WORLDS[world] };
  await runSeries(series, 1, ({ seed, violations: [first] }) => {
    if (!first) return false;
    outcome = { ...outcome, seeds: seed - from + 1, law: first.law };
    return true;
  });
  return outcome;
}

function describe({ name, world, seeds, law }: Found): string {
  const verdict = seeds === undefined ? `not found in ${MAX_SEEDS} seeds` : `found in ${seeds} seeds (${law})`;
  return `${name.padEnd(38)} ${verdict}${world === "all" ? "" : `, world "${world}"`}`;
}
