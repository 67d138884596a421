import * as z from "zod";
import { ApplyAnswer, type DefinitionChange, type DefinitionDiff } from "#events/admin-api/definitions.ts";
import { type ApiClient, ApiError } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import type { WrittenDefinition } from "../definitions/parse-file.ts";
import { planPrune } from "../definitions/plan-prune.ts";
import { definitionsFaulty, readFolder } from "../definitions/read-folder.ts";
import { renderDiff, summariseDiff } from "../definitions/render-diff.ts";
import { readServerFaults } from "../definitions/server-faults.ts";
import { countOf } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  dryRun: z.boolean().default(false),
  prune: z.boolean().default(false),
  yes: z.boolean().default(false),
});

/** Makes a folder of definitions true: shows what would change, then applies all of it as one change set. */
export const apply: Command = {
  usage: "apply <folder>",
  summary: "Make a folder of definitions (*.yaml) true",
  options: [
    ["--dry-run", "Show what would change and change nothing"],
    ["--prune", "Also remove definitions that the folder lacks (sources and settings only if it has some); asks first"],
    ["-y, --yes", "Do not ask before removing"],
  ],
  examples: [
    "strata apply events/examples/definitions/retail",
    "strata apply my-definitions --dry-run",
    "strata apply my-definitions --prune --yes --json",
  ],
  async run([folder = ""], rawOptions, context) {
    const { terminal } = context;
    const { dryRun, prune, yes } = readOptions(Options, rawOptions);
    const written = await readFolder(folder);
    if (written.length === 0 && !prune)
      throw new CliError("no_definitions", `There are no *.yaml or *.yml definitions in ${folder}.`);
    const { api } = await connect(context);
    const changes: DefinitionChange[] = [
      ...written.map(({ kind, name, definition }) => ({ op: "put" as const, kind, name, definition })),
      ...(prune ? await planPrune(written, api) : []).map((removed) => ({ op: "remove" as const, ...removed })),
    ];
    const planned = await postChanges(api, written, changes, true);
    showPlan(planned, written, terminal);
    const removals = planned.changes.filter(({ op }) => op === "remove");
    if (dryRun || !planned.changed) {
      terminal.print(
        planned.changed
          ? "Dry run: nothing was changed."
          : `Nothing to change; version ${planned.version} is in force.`,
      );
      terminal.printJson(withPlaces(planned, written));
      return ExitCode.ok;
    }
    if (removals.length > 0 && !yes) await confirmRemoval(removals, terminal);
    const applied = await postChanges(api, written, changes, false);
    terminal.print(
      `${terminal.outColours.green("✔")} Version ${applied.version} is in force: ${summariseDiff(applied.changes)}.`,
    );
    if (applied.retier) terminal.print("  Everyone is evaluated anew; strata retier --watch shows how far that is.");
    showKeys(applied.changes, terminal);
    terminal.printJson(withPlaces(applied, written));
    return ExitCode.ok;
  },
};

/** Posts a change set; the server's faults are shown where they are written. */
async function postChanges(
  api: ApiClient,
  written: readonly WrittenDefinition[],
  changes: readonly DefinitionChange[],
  dryRun: boolean,
): Promise<ApplyAnswer> {
  try {
    return await api.post("/admin/v1/definitions/apply", ApplyAnswer, { body: { changes, dryRun } });
  } catch (error) {
    const faults = error instanceof ApiError ? readServerFaults(error.details, written) : [];
    throw faults.length > 0 ? definitionsFaulty(faults) : error;
  }
}

function showPlan(planned: ApplyAnswer, written: readonly WrittenDefinition[], terminal: Terminal): void {
  if (!planned.changed) return;
  const where = (change: DefinitionDiff): string | undefined => {
    const found = written.find(({ kind, name }) => kind === change.kind && name === change.name);
    return found && `${found.file}:${found.line}`;
  };
  for (const line of renderDiff(planned.changes, where, terminal.outColours)) terminal.print(line);
  terminal.print(`\n${summariseDiff(planned.changes)}`);
}

async function confirmRemoval(removals: readonly DefinitionDiff[], terminal: Terminal): Promise<void> {
  // They are listed above, one by one.
  const what = countOf(removals.length, "definition");
  if (!terminal.interactive)
    throw usageError(
      `This would remove ${what}, and there is nobody to ask.`,
      "Give --yes to remove them, or --dry-run to look.",
    );
  if (!(await terminal.confirm(`Remove ${what}?`))) throw new CliError("not_confirmed", "Nothing was changed.");
}

/** Keys are shown this once: the server keeps only their hashes. */
function showKeys(changes: readonly DefinitionDiff[], terminal: Terminal): void {
  const made = changes.filter(({ writeKey }) => writeKey !== undefined);
  if (made.length === 0) return;
  terminal.print("\nWrite keys of the new sources, shown only now:");
  for (const { name, writeKey } of made) terminal.print(`  ${name}  ${terminal.outColours.bold(writeKey ?? "")}`);
}

function withPlaces(answer: ApplyAnswer, written: readonly WrittenDefinition[]): unknown {
  return {
    ...answer,
    changes: answer.changes.map((change) => {
      const found = written.find(({ kind, name }) => kind === change.kind && name === change.name);
      return found === undefined ? change : { ...change, file: found.file, line: found.line };
    }),
  };
}
