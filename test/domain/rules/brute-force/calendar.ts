import type { BruteForceSettings } from "./settings.ts";

/** `3d`: today and the two days before it. `3h`: this clock hour and the two before it. */
export function isWithin(
  at: number,
  within: string | undefined,
  now: number,
  { timeZone }: BruteForceSettings,
): boolean {
  if (within === undefined) return true;
  const amount = Number.parseInt(within, 10);
  const ago = within.endsWith("d")
    ? dayOf(now, timeZone) - dayOf(at, timeZone)
    : Math.floor(now / 3_600_000) - Math.floor(at / 3_600_000);
  return ago >= 0 && ago < amount;
}

const QUARTER_MS = 15 * 60_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const days = new Map<string, Map<number, number>>();

/** The local date of an instant by Intl, as days since 1970-01-01. Zones change their clocks on quarters of an hour. */
export function dayOf(at: number, timeZone: string): number {
  const known = days.get(timeZone) ?? new Map<number, number>();
  const quarter = Math.floor(at / QUARTER_MS);
  const found = known.get(quarter);
  if (found !== undefined) return found;
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone });
  formats.set(timeZone, format);
  const day = Date.parse(`${format.format(at)}T00:00:00Z`) / 86_400_000;
  days.set(timeZone, known.set(quarter, day));
  return day;
}

export function dateOf(day: number): [number, number, number] {
  const [y = 0, m = 0, d = 0] = new Date(day * 86_400_000).toISOString().slice(0, 10).split("-").map(Number);
  return [y, m, d];
}

/** A date is found as its first minute, by looking at every minute around it. */
export function instant(text: unknown, timeZone: string): number | undefined {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(Date.parse(text))) return undefined;
  if (text.length > 10) return Date.parse(text);
  const wanted = Date.parse(text) / 86_400_000;
  for (let at = Date.parse(text) - 15 * 3_600_000; ; at += 30 * 60_000) if (dayOf(at, timeZone) === wanted) return at;
}
