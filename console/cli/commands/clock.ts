import * as z from "zod";
import { ApiError } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { OnceText } from "../option-text.ts";
import { spellInstant } from "../spell.ts";

const Options = z.object({ set: OnceText.optional() });
const Clock = z.object({ now: z.string() });

/** Reads or moves the local runtime's clock. */
export const clock: Command = {
  usage: "clock [advance]",
  summary: "Show the local runtime's clock, or move it forward",
  options: [["--set <instant>", "Set it to an instant, such as 2026-12-24T09:00:00Z"]],
  examples: ["strata clock", "strata clock +40d", "strata clock --set 2026-12-24T09:00:00Z"],
  async run([advance], rawOptions, context) {
    const { set } = readOptions(Options, rawOptions);
    const body = readMove(advance, set);
    const { api } = await connect(context);
    try {
      const { now } = await (body === undefined
        ? api.get("/local/clock", Clock)
        : api.post("/local/clock", Clock, { body }));
      context.terminal.print(spellInstant(now));
      context.terminal.printJson({ now });
      return ExitCode.ok;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404)
        throw new CliError("no_clock", "This server's clock cannot be steered: only the local runtime's can.");
      throw error;
    }
  },
};

function readMove(advance: string | undefined, set: string | undefined): Record<string, string> | undefined {
  if (advance !== undefined && set !== undefined) throw usageError("Either +<duration> or --set, not both.");
  if (advance !== undefined) {
    const match = /^\+?(\d+[smhd])$/.exec(advance);
    if (match === null) throw usageError(`Not a duration: ${advance}`, "Write it as +40d, +6h, +30m or +10s.");
    return { advance: match[1] ?? "" };
  }
  if (set === undefined) return undefined;
  if (!z.iso.datetime({ offset: true }).safeParse(set).success && !z.iso.date().safeParse(set).success)
    throw usageError(`Not an instant: ${set}`, "Write it as 2026-12-24T09:00:00Z.");
  return { set: new Date(set).toISOString() };
}
