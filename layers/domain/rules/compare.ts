import type { Calendar } from "#domain/time/calendar.ts";
import type { Comparison } from "#events/rule/condition.ts";
import { parseMoment } from "./moment.ts";

/** Tests one value: undefined and null are missing, and pass nothing but `exists: false`. */
export type ValueTest = (value: unknown) => boolean;

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** Compiles the one operator of a condition. Values are compared as what they are: 5 is not "5", texts compare by their
 *  code units, numbers only with numbers. `contains` looks for a part of a text or for an element of a list; the others
 *  need a single value. The calendar says when a day begins for `before` and `after`. */
export function compileComparison(wants: Comparison, calendar: Calendar): ValueTest {
  const { is, in: listed, notIn, contains, startsWith, exists, gt, gte, lt, lte, before, after } = wants;
  if (is !== undefined) return (value) => value === is;
  if (listed !== undefined) {
    const values = new Set<unknown>(listed);
    return (value) => values.has(value);
  }
  if (notIn !== undefined) {
    const values = new Set<unknown>(notIn);
    return (value) => isScalar(value) && !values.has(value);
  }
  if (contains !== undefined) return (value) => containsValue(value, contains);
  if (startsWith !== undefined) return (value) => typeof value === "string" && value.startsWith(startsWith);
  if (exists !== undefined) return (value) => isMissing(value) !== exists;
  if (gt !== undefined) return (value) => typeof value === "number" && value > gt;
  if (gte !== undefined) return (value) => typeof value === "number" && value >= gte;
  if (lt !== undefined) return (value) => typeof value === "number" && value < lt;
  if (lte !== undefined) return (value) => typeof value === "number" && value <= lte;
  if (before !== undefined) return compareMoment(before, calendar, (value, limit) => value < limit);
  if (after !== undefined) return compareMoment(after, calendar, (value, limit) => value > limit);
  throw new RangeError("a condition without an operator: the schema refuses it");
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function containsValue(value: unknown, part: unknown): boolean {
  if (typeof value === "string") return typeof part === "string" && value.includes(part);
  return Array.isArray(value) && value.includes(part);
}

function compareMoment(
  wanted: string,
  calendar: Calendar,
  holds: (value: number, limit: number) => boolean,
): ValueTest {
  const limit = parseMoment(wanted, calendar);
  return (value) => {
    const moment = typeof value === "string" ? parseMoment(value, calendar) : undefined;
    return moment !== undefined && limit !== undefined && holds(moment, limit);
  };
}
