import * as z from "zod";
import { Rule } from "../rule.ts";
import { commonFields } from "./fields.ts";

/** An audience to act on: whoever its rule holds for, or a fixed list that is imported. */
export const SegmentDefinition = z
  .strictObject({
    kind: z.literal("segment"),
    ...commonFields,
    rule: Rule.optional(),
    static: z.literal(true).optional(),
  })
  .refine(({ rule, static: fixed }) => (rule === undefined) !== (fixed === undefined), {
    error: "either a rule, or static: true",
    params: { code: "segment_rule_or_static" },
  })
  .meta({ id: "SegmentDefinition" });
export type SegmentDefinition = z.infer<typeof SegmentDefinition>;
