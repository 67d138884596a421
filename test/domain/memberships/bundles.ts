import type { StoredDefinition } from "#domain/definitions/bundle.ts";
import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import { validateBundle, validateDefinition } from "#domain/definitions/validate.ts";
import type { Definition } from "#events/definitions/index.ts";
import type { Rule } from "#events/rule.ts";

/** A bundle in force, of definitions that went through the validation that authors' go through. */
export function aBundle(version: number, definitions: readonly (Definition & { version?: number })[]): CompiledBundle {
  const stored = definitions.map(({ version: changed = 1, ...written }): StoredDefinition => {
    const result = validateDefinition(written);
    if (!result.ok) throw new Error(JSON.stringify(result.faults));
    const { definition } = result;
    return { kind: definition.kind, name: definition.name, version: changed, definition };
  });
  const faults = validateBundle(stored);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return compileBundle({ version, definitions: stored });
}

export function aTag(name: string, rule?: Rule, version = 1) {
  return { kind: "tag" as const, name, ...(rule && { rule }), version };
}
