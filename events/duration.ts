import * as z from "zod";

/** The longest duration that anything in a definition may ask for. */
export const MAX_DAYS = 400;
/** Windows of more hours than this would need more hourly counts than a profile keeps. */
export const MAX_WINDOW_HOURS = 48;

/** `30d` or `6h`, at most 400 days. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,3}[dh]$/, "a duration is a whole number of days or hours, such as 30d or 6h")
  .refine((text) => amountOf(text) <= (text.endsWith("d") ? MAX_DAYS : MAX_DAYS * 24), {
    error: `a duration is at most ${MAX_DAYS}d`,
    params: { code: "duration_too_long" },
  })
  .meta({ description: "Whole days or hours: 30d, 6h. At most 400d.", examples: ["30d", "6h"] });

/** A window of counts: `30d` is today and the 29 calendar days before it in the project's time zone, `6h` this clock hour
 *  and the 5 before it. Hours go up to 48. */
export const CountWindow = Duration.refine((text) => text.endsWith("d") || amountOf(text) <= MAX_WINDOW_HOURS, {
  error: `hours are counted for at most ${MAX_WINDOW_HOURS}h: write the window in days`,
  params: { code: "window_hours_too_long" },
});

/** A window of calendar days. */
export const DayWindow = Duration.refine((text) => text.endsWith("d"), {
  error: "days are counted in windows of days, such as 30d",
  params: { code: "window_days_only" },
});

function amountOf(text: string): number {
  return Number(text.slice(0, -1));
}
