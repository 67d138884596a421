import * as z from "zod";
import { TraitMode } from "../collected-event.ts";
import { commonFields } from "./fields.ts";

export const TraitType = z.enum(["string", "number", "boolean", "date", "list"]);
export type TraitType = z.infer<typeof TraitType>;

/** How one trait is written. Its name is the trait's own as clients send it, so capitals and underscores are allowed. */
export const TraitDefinition = z
  .strictObject({
    kind: z.literal("trait"),
    ...commonFields,
    name: z
      .string()
      .regex(/^[\p{L}_$][\p{L}\p{N}_$.-]{0,63}$/u, "letters, digits and _ $ . -, beginning with a letter, at most 64")
      .refine((name) => !["__proto__", "constructor", "prototype"].includes(name), "a name that no trait may have"),
    type: TraitType.optional(),
    /** Default: overwrite. */
    mode: TraitMode.optional(),
    /** Whether public sources may not set it. Default: false. */
    protected: z.boolean().optional(),
  })
  .superRefine(({ mode, type }, context) => {
    const fits = type === undefined || (mode === "add" ? type === "number" : mode !== "append" || type === "list");
    if (fits) return;
    const message = mode === "add" ? "only numbers can be added" : "appended values make a list";
    context.addIssue({ code: "custom", path: ["type"], message, params: { code: "trait_type_mode" } });
  })
  .meta({ id: "TraitDefinition" });
export type TraitDefinition = z.infer<typeof TraitDefinition>;
