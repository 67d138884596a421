import * as z from "zod";
import { Duration } from "../duration.ts";
import { Rule } from "../rule.ts";
import { commonFields, DefinitionName, Title } from "./fields.ts";

export const MAX_TIERS = 20;

const Rung = z.strictObject({ name: DefinitionName, title: Title.optional(), rule: Rule.optional() });

/** An ordered list of tiers, the best first: a person stands on the first whose rule holds, on the last where none does. */
export const LadderDefinition = z
  .strictObject({
    kind: z.literal("ladder"),
    ...commonFields,
    tiers: z.array(Rung).min(1).max(MAX_TIERS),
    /** Keeps a person from falling, never from rising, for so long after the last change: exact hours. */
    hold: Duration.optional(),
  })
  .superRefine(({ tiers }, context) => {
    const seen = new Set<string>();
    for (const [index, { name, rule }] of tiers.entries()) {
      const isLast = index === tiers.length - 1;
      if (seen.has(name)) {
        const path = ["tiers", index, "name"];
        context.addIssue({ code: "custom", path, message: `${name} is there twice`, params: { code: "duplicate" } });
      }
      seen.add(name);
      if (isLast === (rule === undefined)) continue;
      const message = isLast
        ? "the last tier is everyone else's: it has no rule"
        : "every tier but the last needs a rule";
      const code = isLast ? "tier_last_has_rule" : "tier_without_rule";
      context.addIssue({ code: "custom", path: ["tiers", index, "rule"], message, params: { code } });
    }
  })
  .meta({ id: "LadderDefinition" });
export type LadderDefinition = z.infer<typeof LadderDefinition>;
