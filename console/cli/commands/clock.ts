import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { type ApiClient, ApiError } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { OnceText } from "../option-text.ts";
import { Progress } from "../replay/progress.ts";
import { spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({ set: OnceText.optional() });
const Clock = z.object({ now: z.string(), movingTo: z.string().optional() });

/** How often to ask how far the clock is, ms. */
const LOOK_MS = 200;

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
      const told = await (body === undefined
        ? api.get("/local/clock", Clock)
        : api.post("/local/clock", Clock, { body: { ...body, wait: false } }));
      const clock = body === undefined ? told : await waitForArrival(api, context.terminal, told);
      const way = clock.movingTo === undefined ? "" : `, on its way to ${spellInstant(clock.movingTo)}`;
      context.terminal.print(`${spellInstant(clock.now)}${way}`);
      context.terminal.printJson(clock);
      return ExitCode.ok;
    } catch (error) {
      if (error instanceof ApiError && error.code === "clock_moving")
        throw new CliError("clock_moving", "The clock is on its way already.", {
          hint: "`strata clock` says how far it is.",
        });
      if (error instanceof ApiError && error.status === 404)
        throw new CliError("no_clock", "This server's clock cannot be steered: only the local runtime's can.");
      throw error;
    }
  },
};

type ClockAnswer = z.infer<typeof Clock>;

/** Watches the clock on its way: what falls due on it is worked through, which may take minutes. */
async function waitForArrival(api: ApiClient, terminal: Terminal, start: ClockAnswer): Promise<ClockAnswer> {
  if (start.movingTo === undefined) return start;
  const [from, to] = [Date.parse(start.now), Date.parse(start.movingTo)];
  const progress = new Progress(terminal, "Clock");
  let clock = start;
  while (clock.movingTo !== undefined) {
    await sleep(LOOK_MS);
    clock = await api.get("/local/clock", Clock);
    const fraction = to === from ? 1 : (Date.parse(clock.now) - from) / (to - from);
    progress.update(Math.min(1, Math.max(0, fraction)), 0, spellInstant(clock.now));
  }
  progress.finish();
  if (to >= from && Date.parse(clock.now) < to)
    throw new CliError("clock_stopped", `The clock stopped on its way, at ${spellInstant(clock.now)}.`, {
      hint: "What the runtime printed says why.",
    });
  return clock;
}

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
