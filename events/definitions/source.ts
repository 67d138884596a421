import * as z from "zod";
import { SourceType } from "../collected-event.ts";
import { OWN_SOURCE } from "../own-source.ts";
import { commonFields } from "./fields.ts";

/** A place that calls come from. The server makes its write key, shows it once and keeps only a hash. */
export const SourceDefinition = z
  .strictObject({
    kind: z.literal("source"),
    ...commonFields,
    type: SourceType,
    /** Whether anyone can read the key out of a page or an app. Default: true for web, android, ios, mini-program and
     *  official-account. */
    public: z.boolean().optional(),
  })
  .superRefine(({ name }, context) => {
    if (name !== OWN_SOURCE) return;
    const message = `${OWN_SOURCE} is the source of the platform's own events`;
    context.addIssue({ code: "custom", path: ["name"], message, params: { code: "name_reserved" } });
  })
  .meta({ id: "SourceDefinition" });
export type SourceDefinition = z.infer<typeof SourceDefinition>;
