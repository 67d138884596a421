import * as z from "zod";

/** `{ atLeast: 2, below: 5 }`: 2 ≤ value < 5. Either end may be left out, not both. */
export function checkRange(
  range: { atLeast?: number | undefined; below?: number | undefined },
  context: z.RefinementCtx,
): void {
  const { atLeast, below } = range;
  if (atLeast === undefined && below === undefined) {
    context.addIssue({ code: "custom", message: "atLeast or below is needed", params: { code: "range_missing" } });
  } else if (atLeast !== undefined && below !== undefined && below <= atLeast) {
    context.addIssue({ code: "custom", message: "below must be above atLeast", params: { code: "range_empty" } });
  }
}

const COUNT = z.int().nonnegative();
export const CountRange = z
  .strictObject({ atLeast: COUNT.optional(), below: COUNT.optional() })
  .superRefine(checkRange);
/** Amounts are in major units: 2000 means 2,000.00. */
export const AmountRange = z
  .strictObject({ atLeast: z.number().optional(), below: z.number().optional() })
  .superRefine(checkRange);
export type Range = z.infer<typeof AmountRange>;
