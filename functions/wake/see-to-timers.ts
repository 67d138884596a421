import { ownerOf } from "#domain/journeys/end-waits.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import { postponeTimers } from "./postpone-failed.ts";
import { reviewPeople } from "./review-people.ts";
import type { ReviewPorts } from "./review-ports.ts";

export interface TimerPorts extends ReviewPorts {
  /** Sees to the waits of one owner that have ended; returns the rows that are left (`journeys/end-waits.ts`). */
  readonly endWaits: (timers: readonly Timer[], now: number) => Promise<readonly Timer[]>;
}

/** Sees to rows that have fallen due: reviews of people, then waits of runs and touches, for a review may be what a run
 *  waits to hear of. Returns the rows that are left. */
export async function seeToTimers(ports: TimerPorts, timers: readonly Timer[], upTo: number): Promise<Timer[]> {
  const reviews = timers.filter(({ kind }) => kind === "review");
  const waits = timers.filter(({ kind }) => kind === "wait");
  const left = reviews.length > 0 ? await reviewPeople(ports, reviews, upTo) : [];
  // A worker's clock may run behind the one that found the rows.
  const now = Math.max(ports.now(), upTo);
  const owned = [...Map.groupBy(waits, ownerOf).values()];
  const outcomes = await Promise.all(owned.map((own) => endOwn(ports, own, now)));
  return [...left, ...outcomes.flat()];
}

/** An error is nobody's but the owner's in whom it arose. */
async function endOwn(ports: TimerPorts, own: readonly Timer[], now: number): Promise<readonly Timer[]> {
  try {
    const left = await ports.endWaits(own, now);
    ports.count("WaitsEnded", own.length - left.length);
    return left;
  } catch (error) {
    ports.count("WakeFailures", 1);
    ports.logFailure(error, { timerOwner: own[0] && ownerOf(own[0]) });
    return postponeTimers(ports, own, error, { now, version: 0 });
  }
}
