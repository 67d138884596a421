import type { MembershipKey } from "#domain/profile/state.ts";
import { type FeaturePlan, planFeatures } from "#domain/rules/features.ts";
import { planQuantiles, type QuantileSpec, type Thresholds } from "#domain/rules/population.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import { type Bundle, ruledOf, type StoredDefinition } from "./bundle.ts";
import { type CompiledCollection, compileCollection, compileTraits, projectOf } from "./compile-collection.ts";
import { type CompiledMembership, type CompiledTag, compileMembership, keysOf } from "./compile-membership.ts";
import { definitionId, orderDefinitions, referencesOf, rulesOf } from "./dependencies.ts";
import { type IdentityLimit, makeIdentityLimits } from "./identity-settings.ts";
import { readThresholds } from "./thresholds.ts";

/** A bundle made ready: everything that the steps of the flow ask of the definitions in force. */
export interface CompiledBundle extends CompiledCollection {
  readonly identityLimits: (type: string) => IdentityLimit;
  readonly features: FeaturePlan;
  /** Quantiles of the population that rules ask for: a re-tiering run finds them. */
  readonly quantiles: readonly QuantileSpec[];
  /** What the last one found. Absent: there was none yet. */
  readonly thresholds?: Thresholds;
  /** Tags, segments and ladders, each after those that its rules name. */
  readonly memberships: readonly CompiledMembership[];
  /** The tags among them that have no value. */
  readonly tags: readonly CompiledTag[];
  /** Every key that a person can have, those of tags with values left out (`hasKey`). */
  readonly membershipKeys: ReadonlySet<MembershipKey>;
}

/** Compiles a bundle that `validateBundle` found no fault in. Milliseconds for hundreds of rules: done once a version.
 *  Throws TimeZoneError where this machine does not know the project's zone. */
export function compileBundle(bundle: Bundle): CompiledBundle {
  const thresholds = bundle.thresholds && readThresholds(bundle.thresholds);
  const collection = compileCollection(bundle);
  const settings = { ...ruleSettingsOf(bundle.definitions), ...(thresholds && { thresholds }) };
  const stored = new Map(bundle.definitions.map((one) => [definitionId(one), one]));
  const { order } = orderDefinitions(ruledOf(bundle.definitions));
  const rules = order.flatMap((definition) => rulesOf(definition).map(({ rule }) => rule));
  const compiled = new Map<string, CompiledMembership>();
  for (const definition of order) {
    const id = definitionId(definition);
    const { version, features } = stored.get(id) ?? { version: bundle.version, features: [] };
    const named = referencesOf(definition).flatMap((reference) => compiled.get(definitionId(reference)) ?? []);
    compiled.set(id, compileMembership(definition, { version, features: features ?? [], named }, settings));
  }
  const memberships = [...compiled.values()];
  return {
    ...collection,
    identityLimits: makeIdentityLimits(collection.project.identityTypes),
    quantiles: planQuantiles(rules, settings),
    ...(thresholds && { thresholds }),
    features: planFeatures(
      rules,
      settings,
      memberships.flatMap((membership) => (membership.kind === "valued" ? [membership.feature] : [])),
    ),
    memberships,
    tags: memberships.filter((membership) => membership.kind === "tag"),
    membershipKeys: new Set(memberships.flatMap(keysOf)),
  };
}

/** What rules mean by these definitions. Throws TimeZoneError. */
export function ruleSettingsOf(definitions: readonly StoredDefinition[]): RuleSettings {
  const { timeZone, currencyDigits } = projectOf(definitions);
  const traits = compileTraits(definitions);
  return {
    calendar: makeCalendar(timeZone),
    minorUnits: 10 ** currencyDigits,
    traitMode: (name) => traits.get(name)?.mode,
  };
}
