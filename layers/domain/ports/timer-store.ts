/** Rows are spread over this many shards, by a hash of their id. */
export const TIMER_SHARDS = 64;

/** A promise to look again. Its row is written before the state that relies on it. */
export interface Timer {
  /** What falls due: a person's review, or a journey run's wait. */
  readonly kind: "review" | "wait";
  /** Whose: a profile id for a review, a run's key for a wait. */
  readonly id: string;
  /** When it falls due: milliseconds since 1970. */
  readonly at: number;
  /** The version of the item that relies on it. */
  readonly version: number;
  /** When the row was written, by its writer's clock. */
  readonly writtenAt: number;
}

/** Which row of the Timers table: a thing has at most one timer at an instant. */
export type TimerKey = Pick<Timer, "kind" | "id" | "at">;

export interface TimerStore {
  /** Writes the row, unless one of the same key serves a newer version. */
  put(timer: Timer): Promise<void>;
  /** Removes the row if it serves `version` or an older one. */
  remove(key: TimerKey, version: number): Promise<void>;
  /** Rows of one shard whose instant lies in [from, to], earliest first; `cursor` is where the page before ended. Rows
   *  written in the last moments may be missing: whoever looks comes again. */
  due(
    shard: number,
    query: { readonly from: number; readonly to: number; readonly cursor?: string; readonly limit: number },
  ): Promise<{ timers: Timer[]; cursor?: string }>;
}
