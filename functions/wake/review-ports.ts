import type { SplitPorts } from "#domain/identity/split-people.ts";

/** What reviewing people needs: whoever is met in the middle of a merge or an un-merge is helped. */
export interface ReviewPorts extends SplitPorts {
  /** Counts something that an operator watches. */
  readonly count: (metric: WakeMetric, n: number) => void;
  readonly logFailure: (error: unknown, context: Readonly<Record<string, unknown>>) => void;
}

export type WakeMetric =
  /** Seconds since the earliest row that is due and still there. */
  | "WakeLagSeconds"
  /** People whose timer had come. */
  | "PeopleWoken"
  /** Answers that had changed by then. */
  | "AnswersChanged"
  /** Timers that were put to a later instant, or taken off where nothing expires any more. */
  | "TimersMoved"
  /** Rows that no profile relied on: of writers that died or lost a race. */
  | "StrayTimers"
  /** Occasions of journeys with a schedule. */
  | "CampaignsStarted"
  /** Waits of runs and touches that have ended. */
  | "WaitsEnded"
  /** People who could not be seen to. */
  | "WakeFailures";
