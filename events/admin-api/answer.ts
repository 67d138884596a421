import * as z from "zod";

/** What every refusal and failure of the API says. */
export const ErrorAnswer = z
  .object({
    code: z.string().meta({ description: "Stable; made for programs." }),
    message: z.string().meta({ description: "Made for people; may change." }),
    details: z.unknown().optional().meta({ description: "The faults and their paths, the known routes, the roles…" }),
    requestId: z.string(),
  })
  .meta({
    id: "Error",
    example: {
      code: "definition_invalid",
      message: "1 fault; nothing was changed",
      details: { faults: [{ path: "rule.did.within", code: "invalid_format", message: "a duration is such as 30d" }] },
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    },
  });
export type ErrorAnswer = z.infer<typeof ErrorAnswer>;

/** A page of a list: ask again with `cursor` until it is null. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    cursor: z.string().nullable().meta({ description: "Pass it back as `cursor` for the next page; null at the end." }),
  });
}

/** An instant as the API writes it: `2026-03-01T09:30:00.000Z`. */
export const Instant = z.iso.datetime({ offset: true }).meta({ example: "2026-03-01T09:30:00.000Z" });
/** An amount in minor units (pence, fen) of a currency. */
export const Amount = z
  .object({ amount: z.int().meta({ description: "Minor units: 45900 CNY is ¥459.00." }), currency: z.string() })
  .meta({ id: "Amount", example: { amount: 45900, currency: "CNY" } });

/** The last instant that ISO 8601 and JavaScript can both tell, milliseconds since 1970. */
const MAX_INSTANT_MS = 8.64e15;

/** How the API writes an instant (milliseconds since 1970); one beyond what a date can hold becomes the last one. */
export function writeInstant(ms: number): string {
  return new Date(Math.min(Math.max(ms, -MAX_INSTANT_MS), MAX_INSTANT_MS)).toISOString();
}

/** How the API writes an instant that may be unknown, or never come: null. */
export function writeInstantOrNull(ms: number | undefined): string | null {
  return ms === undefined || !Number.isFinite(ms) ? null : writeInstant(ms);
}
