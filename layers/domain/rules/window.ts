import type { Calendar } from "#domain/time/calendar.ts";
import { HOUR_MS, parseDuration } from "#domain/time/duration.ts";
import type { Subject } from "./subject.ts";

/** A sliding window of whole buckets that ends with the present one. Of `30d` the buckets are calendar days of the
 *  project's time zone, of `6h` clock hours since 1970. */
export interface Window {
  readonly unit: "day" | "hour";
  /** How many buckets, the present one included. */
  readonly length: number;
  /** The bucket that the subject's instant falls into. */
  current(subject: Subject): number;
  /** The first instant of a bucket. */
  startOf(bucket: number): number;
}

export function parseWindow(within: string, calendar: Calendar): Window {
  const { amount: length, unit } = parseDuration(within);
  return unit === "day"
    ? { unit, length, current: (subject) => subject.today, startOf: calendar.startOfDay }
    : { unit, length, current: (subject) => subject.hour, startOf: (hour) => hour * HOUR_MS };
}
