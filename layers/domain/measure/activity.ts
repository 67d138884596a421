import type { ProfileState } from "#domain/profile/state.ts";
import { EVERYONE } from "./catalogue.ts";
import { countDays, readDays } from "./day-ranges.ts";
import { type Figure, rateOf } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { count, countOf, type Tally } from "./tally.ts";

/** Days that one day's figure looks at, that day the last of them. */
const SPANS = { "daily-active-people": 1, "weekly-active-people": 7, "monthly-active-people": 30 } as const;
type Span = keyof typeof SPANS;

/** New and active people of each day: whoever has an active day among the `span` days that end with it is one of its
 *  people. A person without activity (known from a CRM or an import alone) has no first day and is never new. */
export function tallyActivity(tally: Tally, { firstSeen, activeDays }: ProfileState, frame: Frame): void {
  if (firstSeen !== undefined) {
    const day = frame.bundle.calendar.dayOf(firstSeen);
    if (day >= frame.firstDay && day <= frame.lastDay) count(tally, "new", day);
  }
  const oldest = frame.firstDay - SPANS["monthly-active-people"];
  const days = [...activeDays].filter((day) => day > oldest).toSorted((a, b) => a - b);
  for (const [name, span] of Object.entries(SPANS)) countSpans(tally, name, days, span, frame);
}

/** Each active day covers the days that look back on it; where two cover the same, it is covered once. */
function countSpans(tally: Tally, name: string, days: readonly number[], span: number, frame: Frame): void {
  let from: number | undefined;
  let to = -Infinity;
  for (const day of days) {
    if (day > to + 1) {
      if (from !== undefined) countDays(tally, name, from, to, frame);
      from = day;
    }
    to = day + span - 1;
  }
  if (from !== undefined) countDays(tally, name, from, to, frame);
}

export function activityFigures(tally: Tally, frame: Frame): Figure[] {
  const read = (name: Span) => readDays(tally, name, frame);
  const daily = read("daily-active-people");
  const weekly = read("weekly-active-people");
  const monthly = read("monthly-active-people");
  return daily.flatMap((active, n) => {
    const of = { by: EVERYONE, day: frame.firstDay + n, dimension: "", exact: true } as const;
    const stickiness = rateOf(active, monthly[n] ?? 0);
    return [
      { metric: "new-people", ...of, value: countOf(tally, "new", of.day) },
      { metric: "daily-active-people", ...of, value: active },
      { metric: "weekly-active-people", ...of, value: weekly[n] ?? 0 },
      { metric: "monthly-active-people", ...of, value: monthly[n] ?? 0 },
      ...(stickiness ? [{ metric: "stickiness", ...of, ...stickiness } as const] : []),
    ] satisfies Figure[];
  });
}
