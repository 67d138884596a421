import { AdminError } from "./admin-error.ts";

/** Active days are kept for 400 days: no series is longer. */
const MAX_DAYS = 400;
const DEFAULT_DAYS = 30;

export interface DayRange {
  /** Calendar days since 1970-01-01, both included. */
  readonly from: number;
  readonly to: number;
}

/** The days that are asked for, or the 30 that end today. Throws AdminError 400 `range_invalid` where the first is after
 *  the last, or they are too many for one answer. */
export function readDayRange(asked: { from?: number | undefined; to?: number | undefined }, today: number): DayRange {
  const to = asked.to ?? Math.max(today, asked.from ?? today);
  const from = asked.from ?? to - DEFAULT_DAYS + 1;
  if (from > to) throw invalidRange("query.from", "from is after to");
  if (to - from >= MAX_DAYS) throw invalidRange("query.from", `at most ${MAX_DAYS} days at once`);
  return { from, to };
}

function invalidRange(path: string, message: string): AdminError {
  return new AdminError(400, "range_invalid", message, {
    details: { faults: [{ path, code: "range_invalid", message }] },
  });
}
