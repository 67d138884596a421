import type { MembershipKey } from "#domain/profile/state.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import { type FeaturePlan, planFeatures } from "#domain/rules/features.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { type Calendar, makeCalendar } from "#domain/time/calendar.ts";
import type { SourceType, TraitMode } from "#events/collected-event.ts";
import type { TraitType } from "#events/definitions/trait.ts";
import { type Bundle, readStored, type StoredDefinition, tagsOf } from "./bundle.ts";
import { orderTags } from "./dependencies.ts";
import { type IdentityLimit, makeIdentityLimits, makeIdentityRank } from "./identity-settings.ts";
import { type Project, readProject } from "./project.ts";

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

export interface CompiledTag {
  readonly name: string;
  readonly key: MembershipKey;
  /** The bundle version at which its definition last changed. */
  readonly version: number;
  /** Absent: the tag is given by hand or by import. */
  readonly rule?: CompiledRule;
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
  /** Each after those that its rule names. */
  readonly tags: readonly CompiledTag[];
}

/** Compiles a bundle that `validateBundle` found no fault in. Milliseconds for hundreds of rules: done once a version.
 *  Throws TimeZoneError where this machine does not know the project's zone. */
export function compileBundle(bundle: Bundle): CompiledBundle {
  const definitions = bundle.definitions.map(readStored);
  const project = readProject(definitions.find((definition) => definition.kind === "setting"));
  const calendar = makeCalendar(project.timeZone);
  const traits = compileTraits(bundle.definitions);
  const settings: RuleSettings = {
    calendar,
    minorUnits: 10 ** project.currencyDigits,
    traitMode: (name) => traits.get(name)?.mode,
  };
  const versions = new Map(bundle.definitions.map(({ kind, name, version }) => [`${kind}/${name}`, version]));
  const { order } = orderTags(tagsOf(bundle.definitions));
  return {
    version: bundle.version,
    project,
    calendar,
    sourcesByKeyHash: compileSources(bundle.definitions),
    traits,
    identityLimits: makeIdentityLimits(project.identityTypes),
    identityRank: makeIdentityRank(project.identityTypes),
    features: planFeatures(
      order.flatMap(({ rule }) => rule ?? []),
      settings,
    ),
    tags: order.map(({ name, rule }) => ({
      name,
      key: tagKey(name),
      version: versions.get(`tag/${name}`) ?? bundle.version,
      ...(rule && { rule: compileRule(rule, settings) }),
    })),
  };
}

/** `tag:frequent-buyer` */
export function tagKey(name: string): MembershipKey {
  return `tag:${name}` as MembershipKey;
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
