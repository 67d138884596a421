import type { Bundle } from "#domain/definitions/bundle.ts";
import type { DefinitionStore } from "#domain/ports/definition-store.ts";
import { AdminError } from "./admin-error.ts";

/** As many versions are named to somebody who asked for another. */
const MAX_NAMED = 20;

type Versions = Pick<DefinitionStore, "at">;

/** Makes sure that a journey was written as this version: one that people entered. `present` is the version in force.
 *  Throws AdminError 404 `version_unknown`, naming those that there are, newest first. */
export async function requireJourneyVersion(
  name: string,
  asked: number,
  present: number,
  definitions: Versions,
): Promise<void> {
  if (asked === present || versionIn(await definitions.at(asked), name) === asked) return;
  throw new AdminError(404, "version_unknown", `${name} was never written as version ${asked}`, {
    details: { versions: await listVersions(name, present, definitions) },
  });
}

/** Each version is that of the change set which wrote it: the one before is what was in force just before that. */
async function listVersions(name: string, present: number, definitions: Versions): Promise<number[]> {
  const versions: number[] = [];
  let version: number | undefined = present;
  while (version !== undefined && versions.length < MAX_NAMED) {
    versions.push(version);
    version = versionIn(await definitions.at(version - 1), name);
  }
  return versions;
}

function versionIn(bundle: Bundle | undefined, name: string): number | undefined {
  return bundle?.definitions.find((one) => one.kind === "journey" && one.name === name)?.version;
}
