import { type CompiledBundle, compileBundle } from "#domain/definitions/compile-bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import { type CompiledDefinitions, keepDefinitions } from "./keep-definitions.ts";

export type DefinitionsCache = CompiledDefinitions<CompiledBundle>;

/** The whole of the definitions in force, rules included, kept as `keepDefinitions` does. While the store does not answer
 *  they serve until they are twice `maxAgeMs` old and no longer: a re-tiering run waits for so long before it goes over
 *  everyone, and a person written by older definitions after it had passed would stay so. */
export function makeDefinitionsCache(on: {
  store: DefinitionStore;
  maxAgeMs: number;
  now: () => number;
}): DefinitionsCache {
  return keepDefinitions({ ...on, compile: compileBundle, mayServeMs: 2 * on.maxAgeMs });
}
