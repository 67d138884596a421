import * as z from "zod";
import { LadderDistribution, LadderMigration } from "#events/admin-api/ladders.ts";
import type { ApiClient } from "../api-client.ts";
import { ExitCode, usageError } from "../cli-error.ts";
import { type Command, type CommandContext, connect, readOptions } from "../command.ts";
import { DAY_FLAGS, dayOptions } from "../day-options.ts";
import { listDefinitions } from "../definitions/list-definitions.ts";
import { renderDistribution, renderLadders, renderMigration } from "../ladder-chart.ts";

const Options = z.object(dayOptions);

/** Lists the ladders, or shows where people stand on one, and how they moved. */
export const tiers: Command = {
  usage: "tiers [ladder]",
  summary: "List the ladders, or show how many people stand on each tier of one, and who moved where",
  options: DAY_FLAGS,
  examples: [
    "strata tiers",
    "strata tiers lifecycle",
    "strata tiers value --from 2026-02-01 --to 2026-02-28",
    "strata tiers value --json | jq .migration.tiers",
  ],
  async run([ladder], rawOptions, context) {
    const { terminal } = context;
    const { from, to } = readOptions(Options, rawOptions);
    if (ladder === undefined && (from ?? to) !== undefined)
      throw usageError("Which ladder?", "strata tiers lists their names.");
    const { api } = await connect(context);
    if (ladder === undefined) return listLadders(api, context);
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

async function listLadders(api: ApiClient, { terminal }: CommandContext): Promise<ExitCode> {
  const items = await listDefinitions(api, "ladder");
  for (const line of renderLadders(items, terminal.outColours)) terminal.print(line);
  terminal.printJson({ items });
  return ExitCode.ok;
}
