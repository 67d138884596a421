import type { Thresholds } from "#domain/rules/population.ts";

/** Thresholds as JSON: by id of the quantile, pairs of rank and value. */
export interface StoredThresholds extends Omit<Thresholds, "values"> {
  readonly values: Readonly<Record<string, readonly (readonly [rank: number, value: number])[]>>;
}

export function writeThresholds({ values, ...rest }: Thresholds): StoredThresholds {
  const entries = Array.from(values, ([id, byRank]) => [id, [...byRank]] as const);
  return { ...rest, values: Object.fromEntries(entries) };
}

export function readThresholds({ values, ...rest }: StoredThresholds): Thresholds {
  return { ...rest, values: new Map(Object.entries(values).map(([id, byRank]) => [id, new Map(byRank)])) };
}
