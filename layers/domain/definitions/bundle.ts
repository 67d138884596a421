import type { Definition } from "#events/definitions/index.ts";
import type { RuledDefinition, RuleHolder } from "./dependencies.ts";
import type { FeatureRecord } from "./feature-records.ts";
import type { StoredThresholds } from "./thresholds.ts";

/** One definition as it is in force. `definition` is what its author wrote, parsed; a source's key is kept as a hash. */
export interface StoredDefinition {
  readonly kind: string;
  readonly name: string;
  /** The bundle version at which it last changed. */
  readonly version: number;
  readonly definition: unknown;
  /** Sources only: SHA-256 of the write key, hex. */
  readonly keyHash?: string;
  /** What has rules only: since when the features that they read are kept. */
  readonly features?: readonly FeatureRecord[];
}

/** All definitions in force, as one content-addressed object. */
export interface Bundle {
  readonly version: number;
  readonly definitions: readonly StoredDefinition[];
  /** Quantiles of the population, by the last re-tiering run that found any: they are in force like the definitions. */
  readonly thresholds?: StoredThresholds;
}

/** What a stored definition says, trusted: only what `validateDefinition` accepted is ever stored. */
export function readStored(stored: StoredDefinition): Definition {
  return stored.definition as Definition;
}

/** The definitions that have rules: those that rules decide, and journeys. */
export function ruleHoldersOf(definitions: readonly StoredDefinition[]): RuleHolder[] {
  return definitions.map(readStored).filter(hasRules);
}

/** Whether a definition can have rules. */
export function hasRules(definition: Definition): definition is RuleHolder {
  return definition.kind === "journey" || isRuled(definition);
}

function isRuled(definition: Definition): definition is RuledDefinition {
  return definition.kind === "tag" || definition.kind === "segment" || definition.kind === "ladder";
}

/** The definitions that rules decide: tags, segments and ladders. */
export function ruledOf(definitions: readonly StoredDefinition[]): RuledDefinition[] {
  return definitions.map(readStored).filter(isRuled);
}
