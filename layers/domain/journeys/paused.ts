import type { Run } from "./run.ts";

const MINUTE_MS = 60_000;
const SOONEST_MS = 10 * MINUTE_MS;
const LATEST_MS = 6 * 60 * MINUTE_MS;

/** When to look again at a run of a paused journey: at the end of its wait, and once that is over after a quarter of the
 *  time since, ten minutes at least and six hours at most. So a run goes on soon after its journey does, and a long
 *  pause of many runs costs little. */
export function lookAtPausedAt({ waiting, enteredAt }: Run, now: number): number {
  return lookAgainAt(waiting?.until ?? enteredAt, now);
}

/** The same of anything that was due at an instant: a message of a paused journey, since it was asked for. */
export function lookAgainAt(due: number, now: number): number {
  if (due > now) return due;
  return now + Math.min(LATEST_MS, Math.max(SOONEST_MS, (now - due) / 4));
}
