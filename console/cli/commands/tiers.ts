import * as z from "zod";
import { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { DAY_FLAGS, dayOptions } from "../day-options.ts";
import { renderDistribution, renderMigration } from "../ladder-chart.ts";

const Options = z.object(dayOptions);

/** Shows where people stand on a ladder, and how they moved. */
export const tiers: Command = {
  usage: "tiers <ladder>",
  summary: "Show how many people stand on each tier of a ladder, and who moved where",
  options: DAY_FLAGS,
  examples: [
    "strata tiers lifecycle",
    "strata tiers value --from 2026-02-01 --to 2026-02-28",
    "strata tiers value --json | jq .migration.tiers",
  ],
  async run([ladder = ""], rawOptions, context) {
    const { terminal } = context;
    const { from, to } = readOptions(Options, rawOptions);
    const { api } = await connect(context);
    const base = `/admin/v1/ladders/${encodeURIComponent(ladder)}`;
    const [distribution, migration] = await Promise.all([
      api.get(`${base}/distribution`, LadderDistribution),
      api.get(`${base}/migration`, LadderMigration, { query: { from, to } }),
    ]);
    for (const line of renderDistribution(distribution, terminal.outColours)) terminal.print(line);
    terminal.print("");
    for (const line of renderMigration(migration, terminal.outColours)) terminal.print(line);
    terminal.printJson({ distribution, migration });
    return ExitCode.ok;
  },
};
