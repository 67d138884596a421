import type { MembershipKey } from "#domain/profile/state.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import { type FeatureSpec, preferenceFeature } from "#domain/rules/features.ts";
import { segmentKey, tagKey, tierKey, valueKey } from "#domain/rules/membership-key.ts";
import { quantilesIn } from "#domain/rules/population.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { durationMs, parseDuration } from "#domain/time/duration.ts";
import { type RuledDefinition, type RuleHolder, rulesOf } from "./dependencies.ts";
import { type FeatureRecord, featuresOf } from "./feature-records.ts";

/** A feature that an answer rests on, and since when it is kept. */
export interface FeatureRead extends Pick<FeatureSpec, "id" | "unit" | "keep"> {
  /** The bundle version and the instant from which events count in it. */
  readonly version: number;
  readonly at: number;
}

interface Compiled {
  readonly name: string;
  /** The bundle version at which its definition last changed. */
  readonly version: number;
  /** The features that it reads itself or through what its rules name, where since when they are kept is known. */
  readonly reads: readonly FeatureRead[];
  /** It asks for quantiles that no re-tiering run has found yet. */
  readonly needsRun: boolean;
}

/** One that a person is in or not. */
interface CompiledOne extends Compiled {
  readonly key: MembershipKey;
  /** Absent: people are put into it by hand or by import. */
  readonly rule?: CompiledRule;
}

export interface CompiledTag extends CompiledOne {
  readonly kind: "tag";
}

export interface CompiledSegment extends CompiledOne {
  readonly kind: "segment";
}

export interface CompiledTier {
  readonly name: string;
  readonly key: MembershipKey;
  /** Absent: the last, which is everyone else's. */
  readonly rule?: CompiledRule;
}

export interface CompiledLadder extends Compiled {
  readonly kind: "ladder";
  /** The best first. */
  readonly tiers: readonly CompiledTier[];
  /** For how long after a change nobody falls, milliseconds; 0: at once. */
  readonly holdMs: number;
}

/** A tag whose key names what the person prefers: `tag:top-category=coffee`. */
export interface CompiledValuedTag extends Compiled {
  readonly kind: "valued";
  /** What every key of it begins with: `tag:top-category=`. */
  readonly prefix: string;
  readonly feature: FeatureSpec;
}

export type CompiledMembership = CompiledTag | CompiledSegment | CompiledLadder | CompiledValuedTag;

/** Compiles a tag, a segment or a ladder that the schema has accepted. */
export function compileMembership(
  definition: RuledDefinition,
  stored: {
    readonly version: number;
    readonly features: readonly FeatureRecord[];
    /** What its rules name. */
    readonly named: readonly CompiledMembership[];
  },
  settings: RuleSettings,
): CompiledMembership {
  const { kind, name } = definition;
  const common = {
    name,
    version: stored.version,
    reads: readsOf(definition, stored, settings),
    needsRun: stored.named.some(({ needsRun }) => needsRun) || needsRun(definition, settings),
  };
  if (kind === "ladder") {
    const tiers = definition.tiers.map(({ name: tier, rule }) => ({
      name: tier,
      key: tierKey(name, tier),
      ...(rule && { rule: compileRule(rule, settings) }),
    }));
    const holdMs = definition.hold === undefined ? 0 : durationMs(parseDuration(definition.hold));
    return { kind, ...common, tiers, holdMs };
  }
  if (kind === "tag" && definition.value) {
    const { of, top } = definition.value;
    return { kind: "valued", ...common, prefix: valueKey(name, ""), feature: preferenceFeature(of, top, settings) };
  }
  const rule = definition.rule && { rule: compileRule(definition.rule, settings) };
  return kind === "tag"
    ? { kind, ...common, key: tagKey(name), ...rule }
    : { kind, ...common, key: segmentKey(name), ...rule };
}

/** The features that a definition reads itself and through what its rules name, with since when they are kept. */
export function readsOf(
  definition: RuleHolder,
  { features, named }: { features: readonly FeatureRecord[]; named: readonly CompiledMembership[] },
  settings: RuleSettings,
): FeatureRead[] {
  const reads = new Map(named.flatMap((one) => one.reads.map((read) => [`${read.id} ${read.keep}`, read])));
  for (const { id, unit, keep } of featuresOf(definition, settings)) {
    const record = features.find((candidate) => candidate.id === id && (candidate.keep ?? Infinity) === keep);
    if (record) reads.set(`${id} ${keep}`, { id, unit, keep, version: record.version, at: record.at });
  }
  return [...reads.values()];
}

function needsRun(definition: RuledDefinition, settings: RuleSettings): boolean {
  return rulesOf(definition)
    .flatMap(({ rule }) => quantilesIn(rule, settings))
    .some(({ id, ranks }) => ranks.some((rank) => !settings.thresholds?.values.get(id)?.has(rank)));
}

/** Every key that it can give to a person; of a tag with values, of which there is no end, none. */
export function keysOf(membership: CompiledMembership): MembershipKey[] {
  if (membership.kind === "valued") return [];
  return membership.kind === "ladder" ? membership.tiers.map(({ key }) => key) : [membership.key];
}

/** Whether a person can have this key by it. */
export function hasKey(membership: CompiledMembership, key: string): boolean {
  if (membership.kind === "valued") return key.startsWith(membership.prefix) && key.length > membership.prefix.length;
  return membership.kind === "ladder" ? membership.tiers.some((tier) => tier.key === key) : membership.key === key;
}
