import * as z from "zod";

const OneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/** A statement of an IAM, key or bucket policy, wherever in a template it stands. */
const Statement = z.object({
  Effect: z.enum(["Allow", "Deny"]),
  Action: OneOrMore.optional(),
  NotAction: OneOrMore.optional(),
  /** Absent where the policy belongs to its resource, as a role's trust. */
  Resource: z.unknown().optional(),
});

export interface PolicyStatement {
  readonly at: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resource: unknown;
}

/** Finds every policy statement in a template by its shape, so that a new kind of policy is not overlooked. */
export function findStatements(value: unknown, at = ""): PolicyStatement[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => findStatements(each, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const found = "Effect" in value ? [readStatement(value, at)] : [];
  return [...found, ...Object.entries(value).flatMap(([key, each]) => findStatements(each, `${at}.${key}`))];
}

/** Says which statements grant a wildcard action, or everything but a list. A Deny may: it takes away. */
export function findWildcardGrants(template: unknown): string[] {
  return findStatements(template).flatMap(({ at, effect, actions, notActions }) => {
    if (effect === "Deny") return [];
    const wild = actions.filter((action) => action.includes("*"));
    return [
      ...wild.map((action) => `${at} allows ${action}`),
      ...(notActions.length > 0 ? [`${at} allows all but a list`] : []),
    ];
  });
}

function readStatement(value: object, at: string): PolicyStatement {
  const { Effect, Action, NotAction, Resource } = Statement.parse(value);
  return { at, effect: Effect, actions: Action ?? [], notActions: NotAction ?? [], resource: Resource };
}
