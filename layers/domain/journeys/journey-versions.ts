import { readStored } from "#domain/definitions/bundle.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import type { JourneyDefinition } from "#events/definitions/index.ts";
import { type CompiledJourney, compileJourney } from "./compile-journey.ts";

/** Definitions that are remembered: a few versions each of every journey that has live runs. */
const MAX_REMEMBERED = 500;

/** Journeys as they were when somebody entered them. */
export interface JourneyVersions {
  /** The journey as of that version, compiled by what the definitions in force mean; undefined where there was never such a
   *  version. Its `state` is that of the earlier version: whether runs go on is the present definition's word. Throws what
   *  the store throws. */
  at(name: string, version: number, inForce: CompiledBundle): Promise<CompiledJourney | undefined>;
}

/** Reads earlier versions of journeys from the log of definitions, each once, for a version never changes. Compiled ones
 *  are kept as long as the bundle by whose settings they were compiled. */
export function makeJourneyVersions(store: Pick<DefinitionStore, "at">): JourneyVersions {
  const remembered = new Map<string, JourneyDefinition>();
  const compiled = new WeakMap<CompiledBundle, Map<string, CompiledJourney>>();

  async function read(name: string, version: number): Promise<JourneyDefinition | undefined> {
    const key = `${name}@${version}`;
    const known = remembered.get(key);
    if (known) return known;
    const stored = (await store.at(version))?.definitions.find((one) => one.kind === "journey" && one.name === name);
    const definition = stored && readStored(stored);
    if (definition?.kind !== "journey") return undefined;
    const [oldest] = remembered.keys();
    if (oldest !== undefined && remembered.size >= MAX_REMEMBERED) remembered.delete(oldest);
    remembered.set(key, definition);
    return definition;
  }

  return {
    async at(name, version, inForce) {
      const present = inForce.journeys.find((journey) => journey.name === name && journey.version === version);
      if (present) return present;
      const ofBundle = compiled.get(inForce) ?? new Map<string, CompiledJourney>();
      compiled.set(inForce, ofBundle);
      const known = ofBundle.get(`${name}@${version}`);
      if (known) return known;
      const definition = await read(name, version);
      if (!definition) return undefined;
      const journey = compileJourney(definition, version, inForce.ruleSettings);
      ofBundle.set(`${name}@${version}`, journey);
      return journey;
    },
  };
}
