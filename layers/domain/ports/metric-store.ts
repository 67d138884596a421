import type { Figure } from "#domain/measure/figure.ts";
import type { MembershipKey } from "#domain/profile/state.ts";

/** How many people held a membership when everyone was last counted. */
export interface ExactCount {
  readonly count: number;
  /** When the counting began: milliseconds since 1970. */
  readonly at: number;
}

/** A figure as it was recorded. */
export interface RecordedFigure extends Omit<Figure, "metric" | "by"> {
  /** When the run that counted it began: milliseconds since 1970. */
  readonly at: number;
}

/** Which figures: those of one metric by one kind of dimension. */
export type SeriesKey = Pick<Figure, "metric" | "by">;

export interface MetricStore {
  recordMembershipCounts(counts: ReadonlyMap<MembershipKey, number>, at: number): Promise<void>;
  /** The last exact figure; undefined where nobody has ever been counted. */
  lastMembershipCount(key: MembershipKey): Promise<ExactCount | undefined>;
  /** Keeps figures of a run that began at `at`; each takes the place of the one before it of the same metric, day and
   *  dimension. */
  record(figures: readonly Figure[], at: number): Promise<void>;
  /** The figures of the days from `from` to `to` (both included), by day and then by dimension; days of which nothing was
   *  recorded have none. */
  series(key: SeriesKey, days: { readonly from: number; readonly to: number }): Promise<RecordedFigure[]>;
}
