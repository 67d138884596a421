import type { Timer } from "#domain/ports/timer-store.ts";
import type { Profile } from "#domain/profile/state.ts";

/** A writer lives for 15 minutes at most: after an hour its row is nobody's promise any more. */
const WRITER_GONE_MS = 3_600_000;

/** What is to be done about the rows of one person that have fallen due. */
export interface SortedTimers {
  /** The person's own timer has come, whichever row led here. */
  readonly isDue: boolean;
  /** Rows that may go once the person was seen to. */
  readonly reached: readonly Timer[];
  /** Rows of writers that died before they wrote the state: nothing was ever promised. */
  readonly dead: readonly Timer[];
  /** Rows whose state may still come. */
  readonly awaited: readonly Timer[];
}

/** Compares a person's due rows with what the person relies on. A row names the version that it serves: until the person
 *  has reached it, its writer may be about to write the state. Pure. */
export function sortTimers(person: Profile | undefined, timers: readonly Timer[], now: number): SortedTimers {
  const isReached = ({ version }: Timer) => person !== undefined && person.version >= version;
  const unreached = timers.filter((timer) => !isReached(timer));
  const isDead = ({ writtenAt }: Timer) => writtenAt < now - WRITER_GONE_MS;
  return {
    isDue: person?.timerAt !== undefined && person.timerAt <= now,
    reached: timers.filter(isReached),
    dead: unreached.filter(isDead),
    awaited: unreached.filter((timer) => !isDead(timer)),
  };
}
