import type { MembershipKey } from "#domain/profile/state.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import { type FeatureSpec, preferenceFeature } from "#domain/rules/features.ts";
import { segmentKey, tagKey, tierKey, valueKey } from "#domain/rules/membership-key.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { durationMs, parseDuration } from "#domain/time/duration.ts";
import type { RuledDefinition } from "./dependencies.ts";

interface Compiled {
  readonly name: string;
  /** The bundle version at which its definition last changed. */
  readonly version: number;
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
  version: number,
  settings: RuleSettings,
): CompiledMembership {
  const { kind, name } = definition;
  if (kind === "ladder") {
    const tiers = definition.tiers.map(({ name: tier, rule }) => ({
      name: tier,
      key: tierKey(name, tier),
      ...(rule && { rule: compileRule(rule, settings) }),
    }));
    const holdMs = definition.hold === undefined ? 0 : durationMs(parseDuration(definition.hold));
    return { kind, name, version, tiers, holdMs };
  }
  if (kind === "tag" && definition.value) {
    const { of, top } = definition.value;
    return { kind: "valued", name, version, prefix: valueKey(name, ""), feature: preferenceFeature(of, top, settings) };
  }
  const rule = definition.rule && { rule: compileRule(definition.rule, settings) };
  return kind === "tag"
    ? { kind, name, key: tagKey(name), version, ...rule }
    : { kind, name, key: segmentKey(name), version, ...rule };
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
