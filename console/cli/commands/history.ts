import * as z from "zod";
import { type DefinitionVersion, DefinitionVersionPage } from "#events/admin-api/definitions.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { readZone, spellMoment } from "../project-zone.ts";
import { joinToWidth, printable } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  limit: wholeNumber(1, 1_000_000).default(20),
  cursor: OnceText.optional(),
});

/** The most that one page of the API has. */
const PAGE = 200;

/** Lists the versions of the definitions. */
export const history: Command = {
  usage: "history",
  summary: "List the versions of the definitions: who changed what, and when",
  options: [
    ["--limit <n>", "How many to list (default: 20)"],
    ["--cursor <cursor>", "Go on where an earlier list ended"],
  ],
  examples: ["strata history", "strata history --limit 200 --json"],
  async run(_args, rawOptions, context) {
    const { terminal } = context;
    const { limit, cursor: start } = readOptions(Options, rawOptions);
    const { api } = await connect(context);
    const timeZone = await readZone(api);
    const items: DefinitionVersion[] = [];
    let cursor: string | undefined = start;
    do {
      const query = { cursor, limit: String(Math.min(PAGE, limit - items.length)) };
      const page: DefinitionVersionPage = await api.get("/admin/v1/definitions/versions", DefinitionVersionPage, {
        query,
      });
      for (const item of page.items) printVersion(item, timeZone, terminal);
      items.push(...page.items);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    if (items.length === 0) terminal.print("Nothing was ever defined.");
    if (cursor !== undefined) terminal.print(terminal.outColours.dim(`  more: --cursor ${printable(cursor)}`));
    terminal.printJson({ items, cursor: cursor ?? null });
    return ExitCode.ok;
  },
};

function printVersion({ version, at, by, changes, reason }: DefinitionVersion, zone: string, terminal: Terminal): void {
  const c = terminal.outColours;
  const when = at === null ? "" : `  ${spellMoment(at, zone)}`;
  const who = by === null ? "" : `  ${printable(by)}`;
  const why = reason === null ? "" : `  ${c.yellow(printable(reason))}`;
  terminal.print(`${c.bold(String(version))}${c.dim(when)}${who}${why}`);
  for (const line of joinToWidth(changes.map(printable), "  ", Math.max(terminal.columns - 4, 20)))
    terminal.print(`    ${line}`);
}
