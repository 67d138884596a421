import { type CAC, cac } from "cac";
import * as z from "zod";
import packageJson from "../../package.json" with { type: "json" };
import { ExitCode, usageError } from "./cli-error.ts";
import { type Command, readOptions } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { channels } from "./commands/channels.ts";
import { clock } from "./commands/clock.ts";
import { conflicts } from "./commands/conflicts.ts";
import { convert } from "./commands/convert-online-retail.ts";
import { demo } from "./commands/demo.ts";
import { history } from "./commands/history.ts";
import { importPeople } from "./commands/import.ts";
import { journey } from "./commands/journey.ts";
import { members } from "./commands/members.ts";
import { metrics } from "./commands/metrics.ts";
import { preview } from "./commands/preview.ts";
import { profile } from "./commands/profile.ts";
import { replay } from "./commands/replay.ts";
import { retier } from "./commands/retier.ts";
import { rollback } from "./commands/rollback.ts";
import { simulate } from "./commands/simulate.ts";
import { template } from "./commands/template.ts";
import { tiers } from "./commands/tiers.ts";
import { totals } from "./commands/totals.ts";
import { touches } from "./commands/touches.ts";
import { unmerge } from "./commands/unmerge.ts";
import { why } from "./commands/why.ts";
import type { Environment } from "./environment.ts";
import { markNumbers, OnceText, unmark } from "./option-text.ts";
import { reportError } from "./report-error.ts";
import { openTerminal } from "./terminal.ts";

const COMMANDS: readonly Command[] = [
  apply,
  preview,
  simulate,
  journey,
  history,
  rollback,
  replay,
  profile,
  why,
  touches,
  unmerge,
  conflicts,
  members,
  importPeople,
  template,
  channels,
  retier,
  tiers,
  metrics,
  totals,
  clock,
  demo,
  convert,
];

const GlobalOptions = z.object({
  url: OnceText.optional(),
  token: OnceText.optional(),
  dataDir: OnceText.optional(),
  json: z.boolean().default(false),
});

/** Runs one command line and returns its exit code; never throws.
 *  @param argv what follows the program's name. */
export async function runCli(
  argv: readonly string[],
  env: Environment,
  streams: Parameters<typeof openTerminal>[0],
): Promise<ExitCode> {
  const asked = argv[0] === "help" ? [...argv.slice(1), "--help"] : argv;
  const terminal = openTerminal(streams, { json: asked.includes("--json"), colours: env.colours });
  const cli = declare();
  try {
    cli.parse(["node", "strata", ...markNumbers(asked)], { run: false });
    const { matchedCommand } = cli;
    // Help and the version were asked for, and shown.
    if (matchedCommand === undefined && (cli.options.help || cli.options.version)) return ExitCode.ok;
    if (matchedCommand === undefined) return explainMissing(cli);
    checkArguments(matchedCommand);
    const command = COMMANDS.find(({ usage }) => usage === matchedCommand.rawName);
    if (command === undefined) throw new Error(`undeclared command ${matchedCommand.rawName}`);
    const options = Object.fromEntries(Object.entries(cli.options).map(([name, value]) => [name, unmark(value)]));
    const { url, token, dataDir } = readOptions(GlobalOptions, options);
    const args = cli.args.map((argument) => String(unmark(argument)));
    return await command.run(args, options, { terminal, env, connectionOptions: { url, token, dataDir } });
  } catch (error) {
    return reportError(error, terminal);
  }
}

function declare(): CAC {
  const cli = cac("strata");
  cli.usage("<command> [options]");
  cli.option("--url <url>", "Server (default: STRATA_URL, else the local runtime)");
  cli.option("--token <token>", "Admin token (default: STRATA_TOKEN, else the local runtime's)");
  cli.option(
    "--data-dir <folder>",
    "Where the local runtime keeps local.json (default: STRATA_DATA_DIR, else .strata)",
  );
  cli.option("--json", "The result as JSON on stdout; everything else on stderr");
  for (const { usage, summary, options, examples } of COMMANDS) {
    const command = cli.command(usage, summary);
    for (const [flag, description] of options) command.option(flag, description);
    for (const example of examples) command.example(`  $ ${example}`);
  }
  cli.help((sections) => {
    // Every command's own help would be listed one by one: one line says the same.
    const kept = sections.filter(({ title }) => title?.startsWith("For more info") !== true);
    kept.push({
      body: "Within the repository `strata` is `npm run strata --` (with -s before `strata` for clean --json).\n`strata <command> --help` shows its options and examples. Exit codes: 0 ok, 1 failed, 2 usage, 3 partly refused.",
    });
    return kept;
  });
  cli.version(packageJson.version);
  return cli;
}

/** cac's own checks: unknown options, missing values, too few or too many arguments. */
function checkArguments(command: NonNullable<CAC["matchedCommand"]>): void {
  const hint = `strata ${command.name} --help shows what it takes.`;
  try {
    command.checkUnknownOptions();
    command.checkOptionValue();
    command.checkRequiredArgs();
    command.checkUnusedArgs();
  } catch (error) {
    throw usageError(`${String((error as Error).message).replaceAll("\u0000", "")}.`, hint);
  }
}

function explainMissing(cli: CAC): ExitCode {
  const [name] = cli.args;
  if (name === undefined) {
    cli.outputHelp();
    return ExitCode.usage;
  }
  throw usageError(
    `There is no command ${String(unmark(name))}.`,
    `Commands: ${COMMANDS.map(({ usage }) => usage.split(" ")[0]).join(", ")}.`,
  );
}
