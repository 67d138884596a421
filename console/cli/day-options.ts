import * as z from "zod";

const Day = z.iso.date({ error: "a day such as 2026-03-01, given once" });

/** The two options that name a range of calendar days. */
export const dayOptions = { from: Day.optional(), to: Day.optional() };

export const DAY_FLAGS = [
  ["--from <day>", "First calendar day, in the project's time zone (default: 29 days before the last)"],
  ["--to <day>", "Last calendar day (default: today)"],
] as const;
