import type { Frame } from "./frame.ts";
import { count, countOf, type Tally } from "./tally.ts";

/** Adds one for each day from `from` to `to` that is in the frame, by writing down the two ends alone. */
export function countDays(tally: Tally, name: string, from: number, to: number, { firstDay, lastDay }: Frame): void {
  if (to < firstDay || from > lastDay || from > to) return;
  count(tally, name, Math.max(from, firstDay));
  if (to < lastDay) count(tally, name, to + 1, -1);
}

/** What `countDays` has added up to, day by day from the frame's first to its last. */
export function readDays(tally: Tally, name: string, { firstDay, lastDay }: Frame): number[] {
  let sum = 0;
  return Array.from({ length: lastDay - firstDay + 1 }, (_, n) => (sum += countOf(tally, name, firstDay + n)));
}
