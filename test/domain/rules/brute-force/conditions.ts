import type { CollectedEvent } from "#events/collected-event.ts";
import type { Rule } from "#events/rule.ts";
import { instant } from "./calendar.ts";
import type { BruteForceSettings } from "./settings.ts";

type Condition = Omit<NonNullable<Rule["trait"]>, "name">;

export function meets(
  where: readonly (Condition & { property: string })[],
  event: CollectedEvent,
  settings: BruteForceSettings,
): boolean {
  return where.every((condition) => {
    const { property } = condition;
    const minor = settings.monetary.includes(property) ? event.money?.[property] : undefined;
    return compares(
      condition,
      minor === undefined ? event.properties?.[property] : minor / settings.minorUnits,
      settings,
    );
  });
}

export function compares(condition: Condition, value: unknown, settings: BruteForceSettings): boolean {
  const missing = value === undefined || value === null;
  if (condition.exists !== undefined) return condition.exists === !missing;
  if (missing) return false;
  const single = typeof value !== "object";
  if (condition.is !== undefined) return value === condition.is;
  if (condition.in) return condition.in.some((item) => item === value);
  if (condition.notIn) return single && condition.notIn.every((item) => item !== value);
  if (condition.contains !== undefined) {
    if (Array.isArray(value)) return value.some((item) => item === condition.contains);
    return typeof value === "string" && typeof condition.contains === "string" && value.includes(condition.contains);
  }
  if (condition.startsWith !== undefined) return typeof value === "string" && value.startsWith(condition.startsWith);
  if (condition.before !== undefined || condition.after !== undefined) {
    const [moment, limit] = [value, condition.before ?? condition.after].map((text) =>
      instant(text, settings.timeZone),
    );
    if (moment === undefined || limit === undefined) return false;
    return condition.before === undefined ? moment > limit : moment < limit;
  }
  if (typeof value !== "number") return false;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = condition;
  return value > gt && value >= gte && value < lt && value <= lte;
}

export function isOneOf(
  wants: Readonly<Record<string, string | readonly string[] | null | undefined>>,
  value: Readonly<Record<string, string | undefined>> | undefined,
): boolean {
  return Object.entries(wants).every(([field, wanted]) =>
    [wanted ?? []].flat().some((item) => value?.[field] === item),
  );
}
