import type { Refusal } from "#domain/journeys/enter-journey.ts";

/** People whom a trigger of a journey named and who did not enter, of one reason and day. */
export interface RefusedEntries {
  readonly journey: string;
  /** Calendar day of the project, as `Calendar.dayOf` numbers it. */
  readonly day: number;
  readonly reason: Refusal;
  readonly count: number;
}

/** Counters of refused entries: a trigger that is delivered again counts again. */
export interface RefusalStore {
  /** Adds to what was counted before. */
  add(refused: readonly RefusedEntries[]): Promise<void>;
  /** How many of each reason in the days from `from` to `to`, both included; days beyond 400 ago are forgotten. */
  ofJourney(
    journey: string,
    days: { readonly from: number; readonly to: number },
  ): Promise<ReadonlyMap<string, number>>;
}
