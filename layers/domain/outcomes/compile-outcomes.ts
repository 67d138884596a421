import { type Bundle, readStored } from "#domain/definitions/bundle.ts";
import { type CompiledCollection, compileCollection } from "#domain/definitions/compile-collection.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** What outcomes ask of the definitions in force: what collection does, and how people are reached. */
export interface CompiledOutcomes extends CompiledCollection {
  readonly channels: readonly ChannelDefinition[];
}

/** Reads the settings, sources and channels of a bundle that `validateBundle` found no fault in. */
export function compileOutcomes(bundle: Bundle): CompiledOutcomes {
  const channels = bundle.definitions.map(readStored).filter((definition) => definition.kind === "channel");
  return { ...compileCollection(bundle), channels };
}
