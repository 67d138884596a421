import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { CliError, usageError } from "../cli-error.ts";
import { isPath } from "../definitions/is-path.ts";
import type { WrittenDefinition } from "../definitions/parse-file.ts";
import { readFolderOrFile } from "../definitions/read-folder.ts";

/** A journey in force by its name, or one of a file with what the file has beside it. */
export interface FoundJourney {
  readonly name: string;
  readonly written: readonly WrittenDefinition[];
  readonly changes: readonly DefinitionChange[];
}

/** Finds the journey that is meant by a name, a file or a folder; definitions of `more` are assumed too. */
export async function findJourney(
  what: string,
  { name, more }: { readonly name?: string | undefined; readonly more?: string | undefined },
): Promise<FoundJourney> {
  const isFile = await isPath(what);
  const own = isFile ? await readFolderOrFile(what) : [];
  const known = new Set(own.map((one) => `${one.kind}/${one.name}`));
  const others = more === undefined ? [] : await readFolderOrFile(more);
  const written = [...own, ...others.filter((one) => !known.has(`${one.kind}/${one.name}`))];
  const changes = written.map(({ kind, name: of, definition }) => ({ op: "put" as const, kind, name: of, definition }));
  return { name: isFile ? chooseJourney(own, what, name) : what, written, changes };
}

function chooseJourney(written: readonly WrittenDefinition[], what: string, name: string | undefined): string {
  const journeys = written.filter((one) => one.kind === "journey" && (name === undefined || one.name === name));
  const [first, second] = journeys;
  if (!first) throw new CliError("no_journey", `There is no journey ${name ?? ""} in ${what}.`.replace("  ", " "));
  if (!second) return first.name;
  throw usageError(`${what} has several journeys.`, `Say --name: ${journeys.map((one) => one.name).join(", ")}.`);
}
