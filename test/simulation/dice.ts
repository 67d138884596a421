import { seededNumbers } from "../support/seeded-numbers.ts";

/** Chance from a seed: the same seed rolls the same numbers. */
export interface Dice {
  /** A number in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  /** An integer in [0, n). */
  below(n: number): number;
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

export function makeDice(seed: number): Dice {
  const next = seededNumbers(seed);
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    chance: (probability) => next() < probability,
    below,
    between: (low, high) => low + below(high - low + 1),
    pick: (list) => {
      const drawn = list[below(list.length)];
      if (drawn === undefined) throw new RangeError("nothing to pick from");
      return drawn;
    },
  };
}
