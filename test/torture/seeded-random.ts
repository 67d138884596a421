import { seededNumbers } from "../support/seeded-numbers.ts";

/** Choices that look random and are the same for the same seed. */
export class SeededRandom {
  /** From 0, below 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededNumbers(seed);
  }

  /** A whole number from 0, below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** From `least` to `most`, small ones as likely as large ones: each doubling has the same share. */
  scaled(least: number, most: number): number {
    return least * (most / least) ** this.next();
  }

  shuffle<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, key: this.next() }));
    return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
  }
}
