import { seededNumbers } from "../../support/seeded-numbers.ts";

/** Numbers that look random and are the same in every run. */
export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** A whole number from 0, below `end`. */
  below(end: number): number;
  pick<T>(options: readonly [T, ...T[]]): T;
}

export function seededRandom(seed: number): Random {
  const next = seededNumbers(seed);
  const below = (end: number) => Math.floor(next() * end);
  return { next, below, pick: (options) => options[below(options.length)] ?? options[0] };
}
