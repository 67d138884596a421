import type { CallMapper } from "../replay/read-calls.ts";

export const WEEK_MS = 7 * 86_400_000;

/** The largest shift by whole weeks after which the newest event is not in the future: it then lies within the last seven
 *  days, and every event keeps its day of the week and its time of day (UTC). Milliseconds. */
export function weeksUntil(newestAt: number, now: number): number {
  return Math.floor((now - newestAt) / WEEK_MS) * WEEK_MS;
}

/** Moves a call in time. Its messageId stays as it is: the same invoice is the same event whenever the demo is loaded. */
export function shiftCalls(shiftMs: number): CallMapper {
  return (call) => ({ ...call, timestamp: new Date(Date.parse(String(call.timestamp)) + shiftMs).toISOString() });
}
