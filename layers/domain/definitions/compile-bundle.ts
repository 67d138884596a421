import type { MembershipKey } from "#domain/profile/state.ts";
import { type FeaturePlan, planFeatures } from "#domain/rules/features.ts";
import { planQuantiles, type QuantileSpec, type Thresholds } from "#domain/rules/population.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { type Calendar, makeCalendar } from "#domain/time/calendar.ts";
import type { SourceType, TraitMode } from "#events/collected-event.ts";
import type { TraitType } from "#events/definitions/trait.ts";
import { type Bundle, readStored, ruledOf, type StoredDefinition } from "./bundle.ts";
import { type CompiledMembership, type CompiledTag, compileMembership, keysOf } from "./compile-membership.ts";
import { definitionId, orderDefinitions, referencesOf, rulesOf } from "./dependencies.ts";
import { type IdentityLimit, makeIdentityLimits, makeIdentityRank } from "./identity-settings.ts";
import { type Project, readProject } from "./project.ts";
import { readThresholds } from "./thresholds.ts";

/** The sources whose key anyone can read, unless the definition says otherwise. */
const PUBLIC_TYPES: ReadonlySet<SourceType> = new Set(["web", "android", "ios", "mini-program", "official-account"]);

export interface CompiledSource {
  readonly name: string;
  readonly type: SourceType;
  readonly public: boolean;
}

export interface CompiledTrait {
  readonly mode: TraitMode;
  /** Public sources may not set it. */
  readonly protected: boolean;
  readonly type?: TraitType;
}

/** A bundle made ready: everything that the steps of the flow ask of the definitions in force. */
export interface CompiledBundle {
  readonly version: number;
  readonly project: Project;
  readonly calendar: Calendar;
  /** By SHA-256 of the write key, hex. */
  readonly sourcesByKeyHash: ReadonlyMap<string, CompiledSource>;
  readonly traits: ReadonlyMap<string, CompiledTrait>;
  readonly identityLimits: (type: string) => IdentityLimit;
  readonly identityRank: (type: string) => number;
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
  const project = projectOf(bundle.definitions);
  const traits = compileTraits(bundle.definitions);
  const settings = { ...ruleSettingsOf(bundle.definitions), ...(thresholds && { thresholds }) };
  const { calendar } = settings;
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
    version: bundle.version,
    project,
    calendar,
    sourcesByKeyHash: compileSources(bundle.definitions),
    traits,
    identityLimits: makeIdentityLimits(project.identityTypes),
    identityRank: makeIdentityRank(project.identityTypes),
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

function projectOf(definitions: readonly StoredDefinition[]): Project {
  return readProject(definitions.map(readStored).find((definition) => definition.kind === "setting"));
}

function compileSources(definitions: readonly StoredDefinition[]): Map<string, CompiledSource> {
  const sources = new Map<string, CompiledSource>();
  for (const stored of definitions) {
    const source = readStored(stored);
    if (source.kind !== "source" || stored.keyHash === undefined) continue;
    const { name, type } = source;
    sources.set(stored.keyHash, { name, type, public: source.public ?? PUBLIC_TYPES.has(type) });
  }
  return sources;
}

function compileTraits(definitions: readonly StoredDefinition[]): Map<string, CompiledTrait> {
  const traits = new Map<string, CompiledTrait>();
  for (const trait of definitions.map(readStored)) {
    if (trait.kind !== "trait") continue;
    const { name, mode = "overwrite", type } = trait;
    traits.set(name, { mode, protected: trait.protected ?? false, ...(type !== undefined && { type }) });
  }
  return traits;
}
