import { MONETARY_PROPERTIES } from "#domain/money/monetary-properties.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { PropertyCondition } from "#events/rule/condition.ts";
import { compileComparison } from "./compare.ts";
import type { RuleSettings } from "./settings.ts";

/** What a condition can ask of an event. */
export type EventProperties = Pick<CollectedEvent, "properties" | "money">;
export type EventTest = (event: EventProperties) => boolean;

/** Compiles the `where` of a leaf: every condition must hold. Money is compared in major units of the project's
 *  currency, whatever currency the event came in; an amount without a rate is missing. */
export function compileWhere(conditions: readonly PropertyCondition[], settings: RuleSettings): EventTest {
  const tests = conditions.map((condition) => {
    const read = propertyReader(condition.property, settings.minorUnits);
    const test = compileComparison(condition, settings.calendar);
    return (event: EventProperties) => test(read(event));
  });
  return (event) => tests.every((test) => test(event));
}

function propertyReader(property: string, minorUnits: number): (event: EventProperties) => unknown {
  if (!MONETARY_PROPERTIES.has(property)) return ({ properties }) => own(properties, property);
  return ({ money, properties }) => {
    const minor = own(money, property);
    if (typeof minor === "number") return minor / minorUnits;
    // Text or a list under such a name is no money: what it is can still be asked for.
    const value = own(properties, property);
    return typeof value === "number" ? undefined : value;
  };
}

/** A property that the event itself has: names such as `toString` are properties like any other. */
function own(record: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
