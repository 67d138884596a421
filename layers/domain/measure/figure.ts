import type { MetricName } from "./catalogue.ts";

/** One figure of a metric, on one day, of one dimension. */
export interface Figure {
  readonly metric: MetricName;
  /** What the dimension is one of: `tier`, `cohort`…, or `everyone`. */
  readonly by: string;
  /** The calendar day in the project's time zone: days since 1970-01-01. */
  readonly day: number;
  /** `tier:value=high`, `D7`, `tag:vip`; empty: the figure is of everyone. */
  readonly dimension: string;
  readonly value: number;
  /** Of a rate or a mean: how many it is of. */
  readonly base?: number;
  /** False: something that it counts was not there to be counted, or the day was not over. */
  readonly exact: boolean;
}

/** A part of a whole, as a figure's value and base; nothing where the whole is nothing. */
export function rateOf(part: number, whole: number): Pick<Figure, "value" | "base"> | undefined {
  return whole === 0 ? undefined : { value: part / whole, base: whole };
}
