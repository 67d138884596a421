import * as z from "zod";
import { JourneyStats } from "#events/admin-api/journeys.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { DAY_FLAGS, dayOptions } from "../day-options.ts";
import { renderJourney } from "../journeys/journey-text.ts";
import { wholeNumber } from "../option-text.ts";

const Options = z.object({ ...dayOptions, journeyVersion: wholeNumber(1, 1e9).optional() });

/** Shows what became of those who entered a journey. */
export const journey: Command = {
  usage: "journey <name>",
  summary: "Show what became of those who entered a journey: steps, messages sent and not sent, the goal by arm",
  options: [...DAY_FLAGS, ["--journey-version <n>", "One version alone (default: every one)"]],
  examples: ["strata journey cart-rescue", "strata journey welcome --from 2026-02-01 --to 2026-02-28 --json"],
  async run([name = ""], rawOptions, context) {
    const { terminal } = context;
    const { from, to, journeyVersion } = readOptions(Options, rawOptions);
    const { api } = await connect(context);
    const query = { from, to, version: journeyVersion?.toString() };
    const stats = await api.get(`/admin/v1/journeys/${encodeURIComponent(name)}/stats`, JourneyStats, { query });
    for (const line of renderJourney(stats, terminal.outColours)) terminal.print(line);
    terminal.printJson(stats);
    return ExitCode.ok;
  },
};
