import * as z from "zod";
import { MAX_DAYS } from "../../duration.ts";

const MINUTES = { m: 1, h: 60, d: 24 * 60 } as const;

/** `30m`, `6h` or `2d`: exact minutes, an hour being 60 of them and a day 24 hours. At most 400 days. */
export const StepDuration = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhd]$/, "a whole number of minutes, hours or days, such as 30m, 6h or 2d")
  .refine((text) => stepMinutes(text) <= MAX_DAYS * MINUTES.d, {
    error: `a wait is at most ${MAX_DAYS}d`,
    params: { code: "duration_too_long" },
  })
  .meta({ description: "Whole minutes, hours or days: 30m, 6h, 2d. At most 400d.", examples: ["30m", "1h", "3d"] });

/** The length of a duration that the schema has accepted, in milliseconds. */
export function stepDurationMs(text: string): number {
  return stepMinutes(text) * 60_000;
}

function stepMinutes(text: string): number {
  return Number(text.slice(0, -1)) * MINUTES[text.slice(-1) as keyof typeof MINUTES];
}
