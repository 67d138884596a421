import type { MembershipKey } from "#domain/profile/state.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import { segmentKey, tagKey, tierKey } from "#domain/rules/membership-key.ts";
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

export type CompiledMembership = CompiledTag | CompiledSegment | CompiledLadder;

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
  const rule = definition.rule && { rule: compileRule(definition.rule, settings) };
  return kind === "tag"
    ? { kind, name, key: tagKey(name), version, ...rule }
    : { kind, name, key: segmentKey(name), version, ...rule };
}

/** Every key that it can give to a person. */
export function keysOf(membership: CompiledMembership): MembershipKey[] {
  return membership.kind === "ladder" ? membership.tiers.map(({ key }) => key) : [membership.key];
}
