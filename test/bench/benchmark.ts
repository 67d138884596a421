/** What a figure should be; a figure without a goal is for information. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number } | { readonly exactly: number };

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit?: string;
  readonly goal?: Goal;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a benchmark found. It only returns once its answers are checked: a wrong answer throws WrongAnswerError. */
export interface Report {
  readonly figures: readonly Figure[];
  readonly tables?: readonly Table[];
  /** What a reader must know to understand the figures. */
  readonly notes: readonly string[];
}

export interface BenchOptions {
  /** Events to work on, where the benchmark can be scaled. */
  readonly events: number | undefined;
  /** People to work on, where the benchmark counts people. */
  readonly people: number | undefined;
  /** Timed runs of each side. */
  readonly runs: number;
  /** The Online Retail file. */
  readonly csv: string | undefined;
  /** Tells how far it is. */
  readonly say: (line: string) => void;
}

export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** Left out unless it is named: it needs something that not everyone has. */
  readonly onlyByName?: true;
  run(options: BenchOptions): Report | Promise<Report>;
}

/** The code under measurement gave a wrong answer: how fast it did so is of no interest. */
export class WrongAnswerError extends Error {
  override readonly name = "WrongAnswerError";
  readonly code = "wrong_answer";
}

/** Throws WrongAnswerError unless the two are the same number or text. */
export function checkAnswer(what: string, actual: number | string, expected: number | string): void {
  if (!Object.is(actual, expected)) throw new WrongAnswerError(`${what}: ${actual}, expected ${expected}`);
}

export function isMet(value: number, goal: Goal): boolean {
  if ("atLeast" in goal) return value >= goal.atLeast;
  if ("atMost" in goal) return value <= goal.atMost;
  return value === goal.exactly;
}
