import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import { type CompiledDefinitions, keepDefinitions } from "./keep-definitions.ts";

export type DefinitionsCache = CompiledDefinitions<CompiledBundle>;

/** The whole of the definitions in force, rules included, kept as `keepDefinitions` does. */
export function makeDefinitionsCache(on: {
  store: DefinitionStore;
  maxAgeMs: number;
  now: () => number;
}): DefinitionsCache {
  return keepDefinitions({ ...on, compile: compileBundle });
}
