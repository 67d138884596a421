import * as z from "zod";

const DAY_MS = 86_400_000;

/** A calendar day in the project's time zone, as days since 1970-01-01. */
const Day = z.iso.date().transform((text) => Date.parse(text) / DAY_MS);

/** The days that are asked for. */
export const dayRangeQuery = {
  from: Day.optional().meta({
    description: "The first calendar day, in the project's time zone. Left out: 29 days before the last.",
    example: "2026-03-01",
  }),
  to: Day.optional().meta({ description: "The last calendar day. Left out: today.", example: "2026-03-30" }),
};

/** A calendar day as the API writes it: `2026-03-01`. */
export const CalendarDay = z.iso.date().meta({ example: "2026-03-01" });

/** @param day days since 1970-01-01 */
export function writeDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
