import type { SeededRandom } from "./seeded-random.ts";

/** A function whose worker dies, the whole runtime, or the runtime twice: again while it starts. */
export type Victim = "Fold" | "Index" | "Collect" | "runtime" | "runtime twice";

export interface PlannedKill {
  readonly victim: Victim;
  /** Share of the calls that are accepted when it is asked for. */
  readonly at: number;
  /** From then on, or from the start of the function's next invocation, ms. */
  readonly afterMs: number;
}

/** One in ten kills the whole runtime; of the others half the fold, three in ten the index, the rest collection. */
export function planKills(kills: number, random: SeededRandom): PlannedKill[] {
  const victims = random.shuffle(Array.from({ length: kills }, (_, index) => victimOf(index, random)));
  const instants = victims.map(() => random.next() * 0.97).toSorted((a, b) => a - b);
  return victims.map((victim, index) => ({
    victim,
    at: instants[index] ?? 0,
    afterMs: victim.startsWith("runtime") ? random.scaled(1, 1_500) : random.scaled(1, 300),
  }));
}

function victimOf(index: number, random: SeededRandom): Victim {
  if (index % 10 === 9) return index % 40 === 39 ? "runtime twice" : "runtime";
  const drawn = random.next();
  return drawn < 0.5 ? "Fold" : drawn < 0.8 ? "Index" : "Collect";
}
