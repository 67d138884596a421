import { DefinitionKind } from "#events/definitions/index.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import { listDefinitions } from "./list-definitions.ts";
import type { WrittenDefinition } from "./parse-file.ts";

/** Kinds that are usually made elsewhere than in the folder: by whoever runs the project, or by the local runtime. They
 *  are pruned only by a folder that has some itself, for a source that is removed cuts off everybody who uses its key. */
const PRUNED_ONLY_IF_WRITTEN: readonly string[] = ["source", "setting"];

/** Definitions in force that the folder lacks. Throws CliError `prune_of_nothing` for a folder without any definition:
 *  that is a wrong path far more often than a wish to remove everything. */
export async function planPrune(
  written: readonly WrittenDefinition[],
  api: ApiClient,
): Promise<{ kind: string; name: string }[]> {
  if (written.length === 0)
    throw new CliError("prune_of_nothing", "The folder has no definitions: --prune would remove every one there is.");
  const kept = new Set(written.map(({ kind, name }) => `${kind} ${name}`));
  const kinds = DefinitionKind.options.filter(
    (kind) => !PRUNED_ONLY_IF_WRITTEN.includes(kind) || written.some((definition) => definition.kind === kind),
  );
  const removed: { kind: string; name: string }[] = [];
  for (const kind of kinds) {
    for (const { name } of await listDefinitions(api, kind))
      if (!kept.has(`${kind} ${name}`)) removed.push({ kind, name });
  }
  return removed;
}
