import * as z from "zod";

const DAY_MS = 86_400_000;
/** The last instant whose ISO text still has four digits of year. */
const MAX_INSTANT = Date.parse("9999-12-31T23:59:59.999Z");

/** The page that is asked for. A cursor is opaque: only one that the API gave is any good. */
export function pageQuery(limits: { default: number; max: number }) {
  return {
    cursor: z.string().max(4096).optional().meta({ description: "From the answer before this one." }),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(limits.max)
      .default(limits.default)
      .meta({ description: "How many items at most." }),
  };
}

const Moment = z.iso.datetime({ offset: true }).or(z.iso.date());

/** The instant (milliseconds since 1970) from which to look. A bare date is its first instant, UTC. */
export const From = Moment.transform((text) => clamp(Date.parse(text)))
  .optional()
  .meta({ description: "An instant, or a date (its first instant, UTC). Inclusive.", example: "2026-03-01" });

/** The instant until which to look. A bare date is its last millisecond, UTC. */
export const To = Moment.transform((text) => clamp(Date.parse(text) + (text.includes("T") ? 0 : DAY_MS - 1)))
  .optional()
  .meta({ description: "An instant, or a date (its last instant, UTC). Inclusive.", example: "2026-03-31" });

function clamp(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_INSTANT);
}
