import * as z from "zod";
import { RollbackAnswer } from "#events/admin-api/definitions.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { renderDiff, summariseDiff } from "../definitions/render-diff.ts";
import { printable } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  sources: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
});

/** Goes back to an earlier version of the definitions. */
export const rollback: Command = {
  usage: "rollback <version>",
  summary: "Go back to an earlier version of the definitions, which becomes a new one",
  options: [
    ["--sources", "Also remove the sources that were made since, and with them their write keys"],
    ["--dry-run", "Show what would change and change nothing"],
    ["-y, --yes", "Do not ask first"],
  ],
  examples: ["strata history", "strata rollback 7 --dry-run", "strata rollback 7 --yes --json"],
  async run([asked = ""], rawOptions, context) {
    const { terminal } = context;
    const { sources, dryRun, yes } = readOptions(Options, rawOptions);
    if (!/^\d{1,15}$/.test(asked))
      throw usageError(`Not a version: ${asked}`, "It is a number, such as 7; strata history lists them.");
    const version = Number(asked);
    const { api } = await connect(context);
    const send = (really: boolean) =>
      api.post("/admin/v1/definitions/rollback", RollbackAnswer, { body: { version, sources, dryRun: !really } });
    const planned = await send(false);
    showPlan(planned, terminal);
    if (dryRun || !planned.changed) {
      terminal.print(
        planned.changed
          ? "Dry run: nothing was changed."
          : `Nothing to change: version ${planned.version}, which is in force, says what version ${version} did.`,
      );
      terminal.printJson(planned);
      return ExitCode.ok;
    }
    if (!yes) await confirmRollback(version, terminal);
    const done = await send(true);
    terminal.print(
      `${terminal.outColours.green("✔")} Version ${done.version} is in force, and says what version ${version} did: ${summariseDiff(done.changes)}.`,
    );
    terminal.printJson(done);
    return ExitCode.ok;
  },
};

function showPlan({ changed, changes, sources, to }: RollbackAnswer, terminal: Terminal): void {
  const c = terminal.outColours;
  if (changed) {
    for (const line of renderDiff(changes, () => undefined, c)) terminal.print(line);
    terminal.print(`\n${summariseDiff(changes)}`);
  }
  const told = [
    [sources.kept, `made since version ${to} and kept, with its write key (--sources removes it)`],
    [sources.removed, `made since version ${to} and removed: its write key will be refused`],
    [sources.restored, "removed since: back again, with the write key that it had"],
    [sources.rotated, "given another write key since: that one stays"],
  ] as const;
  for (const [names, what] of told)
    for (const name of names) terminal.print(`  source ${c.bold(printable(name))}: ${what}`);
}

async function confirmRollback(version: number, terminal: Terminal): Promise<void> {
  if (!terminal.interactive)
    throw usageError(
      "This would change the definitions in force, and there is nobody to ask.",
      "Give --yes to do it, or --dry-run to look.",
    );
  if (!(await terminal.confirm(`Go back to version ${version}?`)))
    throw new CliError("not_confirmed", "Nothing was changed.");
}
