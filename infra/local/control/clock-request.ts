import * as z from "zod";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

const Advance = z
  .string()
  .regex(/^\d+[smhdw]$/, "expected a number and s, m, h, d or w, as in 40d")
  .transform((text) => Number.parseInt(text, 10) * unitMs[text.slice(-1) as keyof typeof unitMs]);

/** Whether to answer only when the clock has arrived; without, the answer says where it is going. */
const wait = z.boolean().default(true);

/** Body of `POST /local/clock`: `{"advance":"40d"}` or `{"set":"2026-11-22T00:00:00Z"}`, either with `"wait":false`. */
export const ClockRequest = z.union([
  z.strictObject({ advance: Advance, wait }),
  z.strictObject({ set: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)), wait }),
]);

/** The instant that a request means, epoch milliseconds. */
export function targetOf(request: z.infer<typeof ClockRequest>, now: number): number {
  return "set" in request ? request.set : now + request.advance;
}
