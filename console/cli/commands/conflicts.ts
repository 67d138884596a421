import * as z from "zod";
import { type ConflictReason, type IdentityConflict, IdentityConflictPage } from "#events/admin-api/identity.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { countOf, printable, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  limit: wholeNumber(1, 1_000_000).default(100),
  cursor: OnceText.optional(),
});

/** The most that one page of the API has. */
const PAGE = 200;

const REASONS: Record<ConflictReason, string> = {
  different_unique_identifier: "shared by people who each have a userId of their own",
  identifier_limit: "one person would have too many of a type",
  merge_limit: "one person would have gone through too many merges",
  separated: "an un-merge took these people apart",
  previous_id_is_user: "an alias called a known userId anonymous",
};

/** Lists the links between people that were refused. */
export const conflicts: Command = {
  usage: "conflicts",
  summary: "List identifiers that events tried to link to people they cannot belong to",
  options: [
    ["--limit <n>", "How many to list (default: 100)"],
    ["--cursor <cursor>", "Go on where an earlier list ended"],
  ],
  examples: ["strata conflicts", "strata conflicts --limit 1000 --json"],
  async run(_args, rawOptions, context) {
    const { terminal } = context;
    const { limit, cursor: start } = readOptions(Options, rawOptions);
    const { api } = await connect(context);
    const items: IdentityConflict[] = [];
    let cursor: string | undefined = start;
    do {
      const query = { cursor, limit: String(Math.min(PAGE, limit - items.length)) };
      const page: IdentityConflictPage = await api.get("/admin/v1/identity/conflicts", IdentityConflictPage, { query });
      for (const item of page.items) {
        printConflict(item, items.at(-1), terminal);
        items.push(item);
      }
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    if (items.length === 0) terminal.print("No link between people was refused.");
    if (cursor !== undefined) terminal.print(terminal.outColours.dim(`  more: --cursor ${printable(cursor)}`));
    terminal.printJson({ items, cursor: cursor ?? null });
    return ExitCode.ok;
  },
};

/** They come by reason: each reason is said once, above its identifiers. */
function printConflict(item: IdentityConflict, previous: IdentityConflict | undefined, terminal: Terminal): void {
  const { identifier, reason, count, profileId, at } = item;
  const c = terminal.outColours;
  if (reason !== previous?.reason) terminal.print(`${c.bold(reason)}  ${c.dim(REASONS[reason])}`);
  const what = identifier.value === "*" ? `${identifier.type}, many values` : `${identifier.type}:${identifier.value}`;
  const newest = c.dim(`the newest at ${spellInstant(at)}, which went to ${profileId}`);
  terminal.print(`  ${printable(what)}  ${countOf(count, "event")}, ${newest}`);
}
