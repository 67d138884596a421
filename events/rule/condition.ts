import * as z from "zod";

/** The most values that one list may have. */
export const MAX_LISTED_VALUES = 1000;

export const Scalar = z.union([z.string().max(1024), z.number(), z.boolean()], {
  error: "a text, a number or true/false",
});
export type Scalar = z.infer<typeof Scalar>;

const Scalars = z.array(Scalar).min(1).max(MAX_LISTED_VALUES);
/** An instant with its offset, or a date: the first instant of that day in the project's time zone. */
const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "a date (2026-01-31) or an instant with its offset (2026-01-31T08:00:00Z)",
});

const propertyOperators = {
  is: Scalar.optional(),
  in: Scalars.optional(),
  notIn: Scalars.optional(),
  contains: Scalar.optional(),
  exists: z.boolean().optional(),
  gt: z.number().optional(),
  gte: z.number().optional(),
  lt: z.number().optional(),
  lte: z.number().optional(),
};
const traitOperators = {
  ...propertyOperators,
  startsWith: z.string().min(1).max(1024).optional(),
  before: Moment.optional(),
  after: Moment.optional(),
};
export type Operator = keyof typeof traitOperators;
/** Exactly one operator, with what it compares to. A missing value fails every one but `exists: false`. */
export type Comparison = { [Name in Operator]?: z.infer<(typeof traitOperators)[Name]> };

const NAME = z.string().min(1).max(256);

/** `{ property: category, in: [coffee, tea] }`: of one event's properties. */
export const PropertyCondition = z.strictObject({ property: NAME, ...propertyOperators }).superRefine(hasOneOperator);
export type PropertyCondition = z.infer<typeof PropertyCondition>;

/** `{ name: city, is: 上海 }`: of a person's trait. */
export const TraitCondition = z.strictObject({ name: NAME, ...traitOperators }).superRefine(hasOneOperator);
export type TraitCondition = z.infer<typeof TraitCondition>;

function hasOneOperator(condition: Comparison, context: z.RefinementCtx): void {
  const given = Object.keys(traitOperators).filter((name) => condition[name as Operator] !== undefined);
  if (given.length === 1) return;
  context.addIssue({
    code: "custom",
    message: given.length === 0 ? "no operator" : `one operator only, not ${given.join(" and ")}`,
    params: { code: "operator_one" },
  });
}
