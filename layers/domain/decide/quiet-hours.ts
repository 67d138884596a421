import type { Calendar } from "#domain/time/calendar.ts";

/** Hours in which nobody is disturbed: from a minute of the day up to another, over midnight where the first is later.
 *  Both the same: never. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Reads `{ from: "21:00", to: "08:00" }` as the schema has accepted it. */
export function parseQuietHours({ from, to }: { readonly from: string; readonly to: string }): QuietHours {
  return { fromMinute: minuteOf(from), toMinute: minuteOf(to) };
}

/** When the quiet hours that `now` lies in end, in the zone of a calendar; undefined where now is not in any. Clock
 *  changes move the edges with the clocks: quiet is what the person's clock shows. */
export function quietUntil(now: number, { fromMinute, toMinute }: QuietHours, calendar: Calendar): number | undefined {
  if (fromMinute === toMinute) return undefined;
  const today = calendar.dayOf(now);
  // Quiet hours that began yesterday evening may reach into today.
  for (const day of [today - 1, today]) {
    const begin = calendar.instantOf(day, fromMinute);
    const end = calendar.instantOf(toMinute > fromMinute ? day : day + 1, toMinute);
    if (now >= begin && now < end) return end;
  }
  return undefined;
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
