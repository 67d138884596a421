import * as z from "zod";
import { MemberCount, MemberPage } from "#events/admin-api/memberships.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { groupDigits, printable, spellInstant } from "../spell.ts";

const Options = z.object({
  limit: wholeNumber(1, 1_000_000).default(100),
  cursor: OnceText.optional(),
});

/** The most that one page of the API has. */
const PAGE = 100;

/** Lists who is in a tag, a segment or a tier, page by page; on a terminal it asks before going on. */
export const members: Command = {
  usage: "members <key>",
  summary: "List the people in a tag, a segment or a tier",
  options: [
    ["--limit <n>", "How many to list (default: 100)"],
    ["--cursor <cursor>", "Go on where an earlier list ended"],
  ],
  examples: [
    "strata members frequent-buyer",
    "strata members segment:win-back",
    "strata members tier:value=high --limit 1000 --json",
  ],
  async run([name = ""], rawOptions, context) {
    const { terminal } = context;
    const { limit, cursor: start } = readOptions(Options, rawOptions);
    const key = name.includes(":") ? name : `tag:${name}`;
    const { api } = await connect(context);
    const base = `/admin/v1/memberships/${encodeURIComponent(key)}`;
    const count = await api.get(`${base}/count`, MemberCount);
    const about = count.exact ? "" : ` (as of ${spellInstant(count.at)}, or at least this)`;
    terminal.print(
      `${terminal.outColours.bold(printable(key))}: ${count.count === 1 ? "1 person" : `${groupDigits(count.count)} people`}${about}`,
    );
    const items: MemberPage["items"] = [];
    let cursor: string | undefined = start;
    for (let wanted = limit; ; ) {
      const query = { cursor, limit: String(Math.min(PAGE, wanted - items.length)) };
      const page = await api.get(`${base}/members`, MemberPage, { query });
      items.push(...page.items);
      for (const { profileId, since } of page.items)
        terminal.print(`  ${profileId}  ${terminal.outColours.dim(`since ${spellInstant(since)}`)}`);
      cursor = page.cursor ?? undefined;
      if (cursor === undefined) break;
      if (items.length < wanted) continue;
      if (!terminal.interactive || !(await terminal.confirm("Show more?"))) break;
      wanted += PAGE;
    }
    if (cursor !== undefined) terminal.print(terminal.outColours.dim(`  more: --cursor ${printable(cursor)}`));
    terminal.printJson({ key, count, items, cursor: cursor ?? null });
    return ExitCode.ok;
  },
};
