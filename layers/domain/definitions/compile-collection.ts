import { type Calendar, makeCalendar } from "#domain/time/calendar.ts";
import type { SourceType, TraitMode } from "#events/collected-event.ts";
import type { TraitType } from "#events/definitions/trait.ts";
import { type Bundle, readStored, type StoredDefinition } from "./bundle.ts";
import { makeIdentityRank } from "./identity-settings.ts";
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

/** What collection asks of the definitions in force. It knows no rules, so that the function which answers every request
 *  starts without them. */
export interface CompiledCollection {
  readonly version: number;
  readonly project: Project;
  readonly calendar: Calendar;
  /** By SHA-256 of the write key, hex. */
  readonly sourcesByKeyHash: ReadonlyMap<string, CompiledSource>;
  readonly traits: ReadonlyMap<string, CompiledTrait>;
  /** 0 is the strongest. */
  readonly identityRank: (type: string) => number;
}

/** Reads the settings, sources and traits of a bundle that `validateBundle` found no fault in. Throws TimeZoneError where
 *  this machine does not know the project's zone. */
export function compileCollection({ version, definitions }: Bundle): CompiledCollection {
  const project = projectOf(definitions);
  return {
    version,
    project,
    calendar: makeCalendar(project.timeZone),
    sourcesByKeyHash: compileSources(definitions),
    traits: compileTraits(definitions),
    identityRank: makeIdentityRank(project.identityTypes),
  };
}

/** The project's settings, with defaults. */
export function projectOf(definitions: readonly StoredDefinition[]): Project {
  return readProject(definitions.map(readStored).find((definition) => definition.kind === "setting"));
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

/** Traits by name. */
export function compileTraits(definitions: readonly StoredDefinition[]): Map<string, CompiledTrait> {
  const traits = new Map<string, CompiledTrait>();
  for (const trait of definitions.map(readStored)) {
    if (trait.kind !== "trait") continue;
    const { name, mode = "overwrite", type } = trait;
    traits.set(name, { mode, protected: trait.protected ?? false, ...(type !== undefined && { type }) });
  }
  return traits;
}
