import type { StoredRun } from "#domain/ports/run-store.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { Run } from "./run.ts";

const DAY_MS = 86_400_000;
/** Counted from entry, so that of one day all runs are there or none: were it counted from the end, or from the goal, who
 *  bought would be forgotten at another time than who did not, and rates of earlier days would be wrong. Touches are kept
 *  for 400 days, no goal is open for longer, and no figures are asked of more days; the days at both ends are whole. */
export const KEPT_FROM_ENTRY_MS = 402 * DAY_MS;
/** Facts are redelivered for 7 days, and dead letters looked at for longer: what comes again must find the run. */
const KEPT_FROM_END_MS = 30 * DAY_MS;

/** What is to be stored of a run. */
export function storedOf(run: Run, revision: number): StoredRun {
  const expiresAt = keepUntil(run);
  return { run, revision, ...(expiresAt !== undefined && { expiresAt }) };
}

/** The first calendar day of which every run that was entered is still kept at `now`. */
export function firstDayKept(calendar: Calendar, now: number): number {
  return calendar.dayOf(now - KEPT_FROM_ENTRY_MS) + 1;
}

/** Undefined while it lives. */
function keepUntil({ outcome, enteredAt }: Run): number | undefined {
  return outcome && Math.max(enteredAt + KEPT_FROM_ENTRY_MS, outcome.at + KEPT_FROM_END_MS);
}
