import { type ChannelOpens, featuresOfOpens, makeChannelOpens } from "#domain/decide/channel-opens.ts";
import { anniversarySegments } from "#domain/journeys/anniversary-segment.ts";
import { type CompiledJourney, compileJourney } from "#domain/journeys/compile-journey.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { type FeaturePlan, planFeatures } from "#domain/rules/features.ts";
import { planQuantiles, type QuantileSpec, type Thresholds } from "#domain/rules/population.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { makeCalendar } from "#domain/time/calendar.ts";
import type { ChannelDefinition, Definition, TemplateDefinition } from "#events/definitions/index.ts";
import { type Bundle, readStored, ruledOf, type StoredDefinition } from "./bundle.ts";
import { type CompiledCollection, compileCollection, compileTraits, projectOf } from "./compile-collection.ts";
import {
  type CompiledMembership,
  type CompiledTag,
  compileMembership,
  type FeatureRead,
  keysOf,
  readsOf,
} from "./compile-membership.ts";
import { definitionId, orderDefinitions, type RuleHolder, referencesOf, rulesOf } from "./dependencies.ts";
import { channelsComparedBy } from "./feature-records.ts";
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
  /** Everything that reads features: the memberships, and the rules of journeys. */
  readonly readers: readonly { readonly reads: readonly FeatureRead[] }[];
  /** By name, whatever their state. */
  readonly journeys: readonly CompiledJourney[];
  /** Messages and partials by name. */
  readonly templates: ReadonlyMap<string, TemplateDefinition>;
  /** The providers of the channels: of one channel, those to be used first come first. */
  readonly channels: readonly ChannelDefinition[];
  /** What is kept of the messages that people open, by channel: of those between which a journey chooses by it. */
  readonly opens: ReadonlyMap<string, ChannelOpens>;
  /** What rules mean by these definitions: whoever compiles a rule that is not in force needs it. */
  readonly ruleSettings: RuleSettings;
}

/** Compiles a bundle that `validateBundle` found no fault in. Milliseconds for hundreds of rules: done once a version.
 *  Throws TimeZoneError where this machine does not know the project's zone. */
export function compileBundle(bundle: Bundle): CompiledBundle {
  const thresholds = bundle.thresholds && readThresholds(bundle.thresholds);
  const collection = compileCollection(bundle);
  const settings = { ...ruleSettingsOf(bundle.definitions), ...(thresholds && { thresholds }) };
  const stored = new Map(bundle.definitions.map((one) => [definitionId(one), one]));
  const journeys = byKind(bundle.definitions, "journey");
  const { order } = orderDefinitions([...ruledOf(bundle.definitions), ...anniversarySegments(journeys)]);
  const rules = [...order, ...journeys].flatMap((definition) => rulesOf(definition).map(({ rule }) => rule));
  const compiled = new Map<string, CompiledMembership>();
  for (const definition of order) {
    const id = definitionId(definition);
    const { version, features } = stored.get(id) ?? { version: bundle.version, features: [] };
    const named = namedBy(definition, compiled);
    compiled.set(id, compileMembership(definition, { version, features: features ?? [], named }, settings));
  }
  const memberships = [...compiled.values()];
  const opens = new Map(
    journeys.flatMap(channelsComparedBy).map((channel) => [channel, makeChannelOpens(channel, settings)]),
  );
  return {
    ...collection,
    identityLimits: makeIdentityLimits(collection.project.identityTypes),
    quantiles: planQuantiles(rules, settings),
    ...(thresholds && { thresholds }),
    features: planFeatures(rules, settings, [
      ...memberships.flatMap((membership) => (membership.kind === "valued" ? [membership.feature] : [])),
      ...[...opens.values()].flatMap(featuresOfOpens),
    ]),
    memberships,
    readers: [
      ...memberships,
      ...journeys.map((journey) => {
        const { features = [] } = stored.get(definitionId(journey)) ?? {};
        return { reads: readsOf(journey, { features, named: namedBy(journey, compiled) }, settings) };
      }),
    ],
    journeys: journeys.map((journey) =>
      compileJourney(journey, stored.get(definitionId(journey))?.version ?? bundle.version, settings),
    ),
    templates: new Map(byKind(bundle.definitions, "template").map((template) => [template.name, template])),
    channels: byKind(bundle.definitions, "channel").toSorted(byPriority),
    opens,
    ruleSettings: settings,
    tags: memberships.filter((membership) => membership.kind === "tag"),
    membershipKeys: new Set(memberships.flatMap(keysOf)),
  };
}

function namedBy(
  definition: RuleHolder,
  compiled: ReadonlyMap<string, CompiledMembership>,
): readonly CompiledMembership[] {
  return referencesOf(definition).flatMap((reference) => compiled.get(definitionId(reference)) ?? []);
}

function byKind<Kind extends Definition["kind"]>(
  definitions: readonly StoredDefinition[],
  kind: Kind,
): Extract<Definition, { kind: Kind }>[] {
  const found = definitions.map(readStored).filter((one) => one.kind === kind);
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1)) as Extract<Definition, { kind: Kind }>[];
}

function byPriority(a: ChannelDefinition, b: ChannelDefinition): number {
  return a.channel === b.channel ? (a.priority ?? 0) - (b.priority ?? 0) : a.channel < b.channel ? -1 : 1;
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
