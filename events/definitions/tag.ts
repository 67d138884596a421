import * as z from "zod";
import { Rule } from "../rule.ts";
import { commonFields } from "./fields.ts";

/** A label on people: by its rule, by what they prefer, or by hand and by import where it has neither. */
export const TagDefinition = z
  .strictObject({
    kind: z.literal("tag"),
    ...commonFields,
    rule: Rule.optional(),
    /** `{ top: category, of: "Product Viewed" }`: one key a value, `tag:top-category=coffee`. */
    value: z.strictObject({ top: z.string().min(1).max(256), of: z.string().min(1).max(256) }).optional(),
  })
  .refine(({ rule, value }) => rule === undefined || value === undefined, {
    path: ["value"],
    error: "either a rule or a value",
    params: { code: "tag_rule_or_value" },
  })
  .meta({ id: "TagDefinition" });
export type TagDefinition = z.infer<typeof TagDefinition>;
