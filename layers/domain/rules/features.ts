import { createHash } from "node:crypto";
import { canonicalJson } from "#domain/definitions/canonical-json.ts";
import { MONETARY_PROPERTIES } from "#domain/money/monetary-properties.ts";
import { PREFERENCE_WEEKS } from "#domain/profile/preferences.ts";
import { parseDuration } from "#domain/time/duration.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { PropertyCondition } from "#events/rule/condition.ts";
import type { Did, Distinct, Sum } from "#events/rule/leaves.ts";
import type { Rule } from "#events/rule.ts";
import type { RuleSettings } from "./settings.ts";
import type { EventTest } from "./where.ts";
import { compileWhere } from "./where.ts";

/** Numbers that are no money are added as integers of ten-thousandths. */
export const NUMBER_SCALE = 10_000;

export type Measure =
  | "count"
  | { readonly sum: string }
  /** Which different values a property has had, and when last. */
  | { readonly distinct: string }
  /** How often a property has had each value, week by week. */
  | { readonly prefer: string };
export type BucketUnit = "hour" | "day" | "week" | "ever";

/** What profiles keep because a definition in force asks for it: how often, how much, or which values, by bucket of time. */
export interface FeatureSpec {
  /** A hash of event, where, measure and unit: the same question has the same id in every rule and version. */
  readonly id: string;
  readonly event: string;
  readonly where?: readonly PropertyCondition[];
  readonly measure: Measure;
  readonly unit: BucketUnit;
  /** Buckets to keep, the newest included: the longest window that a rule asks for. Infinity for all time. */
  readonly keep: number;
  /** `where`, compiled. */
  readonly matches: EventTest;
}

export interface FeaturePlan {
  readonly byEvent: ReadonlyMap<string, readonly FeatureSpec[]>;
  readonly byId: ReadonlyMap<string, FeatureSpec>;
}

/** What one event adds to a feature: 1 for a count; for a sum minor units of the project's currency where the property
 *  is money, else ten-thousandths. Undefined where the event does not match, or has no such number: money whose currency
 *  has no rate, or more than an integer can hold. Always a safe integer. */
export function measureFeature(spec: FeatureSpec, event: CollectedEvent): number | undefined {
  if (event.event !== spec.event || !spec.matches(event)) return undefined;
  if (spec.measure === "count") return 1;
  if (!("sum" in spec.measure)) return undefined;
  const property = spec.measure.sum;
  if (MONETARY_PROPERTIES.has(property)) return ownNumber(event.money, property);
  const value = ownNumber(event.properties, property);
  const scaled = value === undefined ? undefined : Math.round(value * NUMBER_SCALE);
  return Number.isSafeInteger(scaled) ? scaled : undefined;
}

/** The value that one event adds to a feature of values: a text, a number or true/false as the client sent it. Undefined
 *  where the event does not match or has no such value. */
export function valueOfFeature(spec: FeatureSpec, event: CollectedEvent): string | number | boolean | undefined {
  if (spec.measure === "count" || "sum" in spec.measure) return undefined;
  if (event.event !== spec.event || !spec.matches(event)) return undefined;
  const property = "distinct" in spec.measure ? spec.measure.distinct : spec.measure.prefer;
  const { properties } = event;
  const value = properties !== undefined && Object.hasOwn(properties, property) ? properties[property] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : undefined;
}

function ownNumber(record: Readonly<Record<string, unknown>> | undefined, key: string): number | undefined {
  const value = record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
  return typeof value === "number" ? value : undefined;
}

/** The feature that a `did` or `sum` leaf reads. */
export function featureOf(leaf: Did | Sum, settings: RuleSettings): FeatureSpec {
  const measure: Measure = "property" in leaf ? { sum: leaf.property } : "count";
  return makeFeature(leaf.event, leaf.where, measure, leaf.within, settings);
}

/** The feature that a quantile of a sum reads. */
export function quantileFeature(sum: Pick<Sum, "event" | "property" | "where" | "within">, settings: RuleSettings) {
  return makeFeature(sum.event, sum.where, { sum: sum.property }, sum.within, settings);
}

/** The feature that a `distinct` leaf reads; `where` is for those that no leaf asks for. */
export function distinctFeature(
  { event, property, within, where }: Omit<Distinct, "atLeast"> & { where?: readonly PropertyCondition[] | undefined },
  settings: RuleSettings,
): FeatureSpec {
  return makeFeature(event, where, { distinct: property }, within, settings);
}

/** The feature of how often each value of a property occurs in an event: what `prefers` and tags with a value read. */
export function preferenceFeature(event: string, property: string, settings: RuleSettings): FeatureSpec {
  const feature = makeFeature(event, undefined, { prefer: property }, undefined, settings);
  return { ...feature, unit: "week", keep: PREFERENCE_WEEKS };
}

function makeFeature(
  event: string,
  where: readonly PropertyCondition[] | undefined,
  measure: Measure,
  within: string | undefined,
  settings: RuleSettings,
): FeatureSpec {
  const window = within === undefined ? undefined : parseDuration(within);
  const unit = window?.unit ?? "ever";
  const identity = { event, where: where?.map(canonicalCondition).toSorted(), measure, unit };
  const id = createHash("sha256").update(canonicalJson(identity)).digest("base64url").slice(0, 10);
  return {
    id,
    event,
    ...(where && { where }),
    measure,
    unit,
    keep: window?.amount ?? Number.POSITIVE_INFINITY,
    matches: compileWhere(where ?? [], settings),
  };
}

/** The order in which conditions and listed values are written asks nothing different. */
function canonicalCondition(condition: PropertyCondition): string {
  const { in: listed, notIn, ...rest } = condition;
  const sorted = { in: listed?.map(canonicalJson).toSorted(), notIn: notIn?.map(canonicalJson).toSorted() };
  return canonicalJson({ ...rest, ...sorted });
}

/** Every feature that the rules read, and `others`, each kept for the longest window that any of them asks for. */
export function planFeatures(
  rules: readonly Rule[],
  settings: RuleSettings,
  others: readonly FeatureSpec[] = [],
): FeaturePlan {
  return planFeatureSpecs([...rules.flatMap((rule) => featuresIn(rule, settings)), ...others]);
}

/** These features, each kept for the longest window that is asked for. */
export function planFeatureSpecs(features: readonly FeatureSpec[]): FeaturePlan {
  const byId = new Map<string, FeatureSpec>();
  for (const feature of features) {
    const known = byId.get(feature.id);
    byId.set(feature.id, known && known.keep >= feature.keep ? known : feature);
  }
  return { byId, byEvent: Map.groupBy(byId.values(), ({ event }) => event) };
}

/** The features that the leaves of one rule read, in their order; `keep` is the window of the leaf. */
export function featuresIn(rule: Rule, settings: RuleSettings): FeatureSpec[] {
  if (rule.not) return featuresIn(rule.not, settings);
  const counted = rule.did ?? rule.sum;
  if (counted) return [featureOf(counted, settings)];
  if (rule.distinct) return [distinctFeature(rule.distinct, settings)];
  if (rule.prefers) return [preferenceFeature(rule.prefers.of, rule.prefers.property, settings)];
  if (rule.quantile) {
    return typeof rule.quantile.of === "string" ? [] : [quantileFeature(rule.quantile.of.sum, settings)];
  }
  return (rule.all ?? rule.any ?? []).flatMap((child) => featuresIn(child, settings));
}
