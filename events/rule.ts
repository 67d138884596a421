import * as z from "zod";
import { checkRuleBounds } from "./rule/bounds.ts";
import {
  Acquisition,
  ActiveDays,
  Anniversary,
  Consent,
  Device,
  Did,
  Distinct,
  Inactive,
  Orders,
  Place,
  Prefers,
  Quantile,
  Rfm,
  Segment,
  Sum,
  Tag,
  Tier,
  Trait,
} from "./rule/leaves.ts";

/** Every leaf that a rule can have, by its key. */
export const leafSchemas = {
  did: Did,
  sum: Sum,
  distinct: Distinct,
  orders: Orders,
  activeDays: ActiveDays,
  inactive: Inactive,
  trait: Trait,
  anniversary: Anniversary,
  prefers: Prefers,
  acquisition: Acquisition,
  place: Place,
  device: Device,
  consent: Consent,
  tag: Tag,
  segment: Segment,
  tier: Tier,
  rfm: Rfm,
  quantile: Quantile,
};
export type LeafName = keyof typeof leafSchemas;
/** What each leaf holds: `Leaves["did"]`. */
export type Leaves = { [Name in LeafName]: z.infer<(typeof leafSchemas)[Name]> };
export const leafNames = Object.keys(leafSchemas) as LeafName[];

/** One leaf, or `all`, `any`, `not`: exactly one of the keys is there. */
export type Rule = {
  all?: Rule[] | undefined;
  any?: Rule[] | undefined;
  not?: Rule | undefined;
} & { [Name in LeafName]?: Leaves[Name] | undefined };

const RuleNode: z.ZodType<Rule> = z
  .strictObject({
    get all() {
      return z.array(RuleNode).min(1).optional();
    },
    get any() {
      return z.array(RuleNode).min(1).optional();
    },
    get not() {
      return RuleNode.optional();
    },
    did: Did.optional(),
    sum: Sum.optional(),
    distinct: Distinct.optional(),
    orders: Orders.optional(),
    activeDays: ActiveDays.optional(),
    inactive: Inactive.optional(),
    trait: Trait.optional(),
    anniversary: Anniversary.optional(),
    prefers: Prefers.optional(),
    acquisition: Acquisition.optional(),
    place: Place.optional(),
    device: Device.optional(),
    consent: Consent.optional(),
    tag: Tag.optional(),
    segment: Segment.optional(),
    tier: Tier.optional(),
    rfm: Rfm.optional(),
    quantile: Quantile.optional(),
  })
  .superRefine((rule, context) => {
    const given = Object.keys(rule);
    if (given.length === 1) return;
    const message =
      given.length === 0 ? "a rule needs a leaf, or all, any, not" : `one key only, not ${given.join(", ")}`;
    context.addIssue({ code: "custom", message, params: { code: "rule_one_key" } });
  })
  .meta({ id: "Rule", description: "One leaf, or all, any, not: exactly one key." });

/** The rule language (definitions.md, Rules). At most 1,000 leaves and 32 levels, checked before anything recurses. */
export const Rule = z.preprocess((input, context) => {
  const fault = checkRuleBounds(input);
  if (fault) context.addIssue({ code: "custom", message: fault.message, params: { code: fault.code } });
  return input;
}, RuleNode);
