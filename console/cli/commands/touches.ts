import * as z from "zod";
import { TouchPage, type TouchView } from "#events/admin-api/touches.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { checkPerson, findPerson } from "../find-person.ts";
import { renderTouch } from "../journeys/touch-text.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { printable } from "../spell.ts";

const Options = z.object({
  limit: wholeNumber(1, 100_000).default(20),
  cursor: OnceText.optional(),
});

/** The most that one page of the API has. */
const PAGE = 200;

/** Shows what a person was sent and what not: why not, and why by that channel. */
export const touches: Command = {
  usage: "touches <identifier>",
  summary: "Show what a person was sent and what not, and why by that channel, by type:value or by profile id",
  options: [
    ["--limit <n>", "About how many to show, the newest run first (default: 20)"],
    ["--cursor <cursor>", "Go on where an earlier list ended"],
  ],
  examples: ["strata touches email:ann@example.com", "strata touches userId:12583 --limit 100 --json"],
  async run([who = ""], rawOptions, context) {
    const { terminal } = context;
    const { limit, cursor: start } = readOptions(Options, rawOptions);
    checkPerson(who);
    const { api } = await connect(context);
    const { profileId } = await findPerson(api, who);
    const path = `/admin/v1/profiles/${encodeURIComponent(profileId)}/touches`;
    const items: TouchView[] = [];
    let cursor: string | undefined = start;
    do {
      const query = { cursor, limit: String(Math.min(PAGE, limit - items.length)) };
      const page: z.infer<typeof TouchPage> = await api.get(path, TouchPage, { query });
      for (const touch of page.items) {
        for (const line of renderTouch(touch, terminal.outColours)) terminal.print(line);
      }
      items.push(...page.items);
      cursor = page.cursor ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    if (items.length === 0) terminal.print("No journey has asked for a message to this person.");
    if (cursor !== undefined) terminal.print(terminal.outColours.dim(`  more: --cursor ${printable(cursor)}`));
    terminal.printJson({ profileId, items, cursor: cursor ?? null });
    return ExitCode.ok;
  },
};
