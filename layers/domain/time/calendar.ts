// The functions, not the classes: a bundle then holds a third of the library.
import { addDays, create, toPlainDateTime, toZonedDateTime } from "temporal-polyfill/fns/PlainDate";
import { addMinutes, toZonedDateTime as inZone } from "temporal-polyfill/fns/PlainDateTime";

const EPOCH = create(1970, 1, 1);
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Days that one calendar remembers: five hundred years of them, far beyond any window; then it starts over. */
const MAX_CACHED_DAYS = 200_000;
/** The range of JavaScript's dates, less a day on either side so that neighbours can be asked for. */
const MAX_DAY = 99_999_998;

/** Calendar days of one time zone. A day is counted from 1970-01-01 and begins at its first instant, once: where clocks
 *  go back over midnight the repeated hour belongs to the later day, so `dayOf` never decreases as time goes on. */
export interface Calendar {
  readonly timeZone: string;
  /** The local calendar day of an instant (milliseconds since 1970): days since 1970-01-01. */
  dayOf(atMs: number): number;
  /** The first instant of a calendar day, milliseconds since 1970. A day that a zone skipped begins with the next. */
  startOfDay(day: number): number;
  /** When the zone's clocks first show a minute of a day, counted from midnight. Where they jump over it, as much later
   *  as they jump (RFC 5545, 3.3.5). */
  instantOf(day: number, minuteOfDay: number): number;
}

/** The name is no time zone that this machine's IANA database knows. */
export class TimeZoneError extends Error {
  override readonly name = "TimeZoneError";
  readonly code = "time_zone_unknown";
  readonly retriable = false;
  readonly timeZone: string;
  constructor(timeZone: string, options?: ErrorOptions) {
    super(`unknown time zone: ${timeZone}`, options);
    this.timeZone = timeZone;
  }
}

const UTC: Calendar = {
  timeZone: "UTC",
  dayOf: (atMs) => Math.floor(atMs / DAY_MS),
  startOfDay: (day) => day * DAY_MS,
  instantOf: (day, minuteOfDay) => day * DAY_MS + minuteOfDay * MINUTE_MS,
};

/** The calendar of an IANA zone (`Asia/Shanghai`) or a fixed offset (`+08:00`). Throws TimeZoneError for any other name,
 *  and RangeError for instants outside JavaScript's dates. */
export function makeCalendar(timeZone: string): Calendar {
  if (timeZone === "UTC") return UTC;
  try {
    toZonedDateTime(EPOCH, timeZone);
  } catch (cause) {
    throw new TimeZoneError(timeZone, { cause });
  }
  // Zone arithmetic costs microseconds and a project asks for the same few hundred days again and again.
  const starts = new Map<number, number>();
  let last = { day: 0, start: 0, end: 0 };

  function startOfDay(day: number): number {
    const known = starts.get(day);
    if (known !== undefined) return known;
    if (!Number.isInteger(day) || Math.abs(day) > MAX_DAY) throw new RangeError(`no such calendar day: ${day}`);
    const start = toZonedDateTime(addDays(EPOCH, day), timeZone).epochMilliseconds;
    if (starts.size >= MAX_CACHED_DAYS) starts.clear();
    starts.set(day, start);
    return start;
  }

  function dayOf(atMs: number): number {
    if (atMs >= last.start && atMs < last.end) return last.day;
    // No zone is more than 15 hours from UTC, so the guess is off by one at most, and by two beside a skipped day.
    let day = Math.floor(atMs / DAY_MS);
    while (startOfDay(day) > atMs) day--;
    while (startOfDay(day + 1) <= atMs) day++;
    last = { day, start: startOfDay(day), end: startOfDay(day + 1) };
    return day;
  }

  function instantOf(day: number, minuteOfDay: number): number {
    const local = addMinutes(toPlainDateTime(addDays(EPOCH, day)), minuteOfDay);
    return inZone(local, timeZone).epochMilliseconds;
  }

  return { timeZone, dayOf, startOfDay, instantOf };
}
