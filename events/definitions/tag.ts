import * as z from "zod";
import { Rule } from "../rule.ts";
import { commonFields } from "./fields.ts";

/** A label on people: by its rule, or by hand and by import where it has none. */
export const TagDefinition = z
  .strictObject({
    kind: z.literal("tag"),
    ...commonFields,
    rule: Rule.optional(),
    /** Valued tags need counts per value, which profiles do not keep yet. */
    value: z
      .unknown()
      .optional()
      .refine((value) => value === undefined, {
        error: "tags with a value are not supported yet",
        params: { code: "tag_value_not_supported" },
      }),
  })
  .meta({ id: "TagDefinition" });
export type TagDefinition = z.infer<typeof TagDefinition>;
