import * as z from "zod";
import { RetierRun, RetierRunPage, StartedRun } from "#events/admin-api/retier.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { readRun, watchRun } from "../retier/watch-run.ts";
import { countOf, groupDigits, printable, spellSeconds } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  watch: z.boolean().default(false),
  stop: z.boolean().default(false),
  resume: z.boolean().default(false),
});

/** Starts a run over everyone, or follows, stops and resumes the newest one. */
export const retier: Command = {
  usage: "retier",
  summary: "Evaluate everyone anew: start a run, or follow, stop or resume the one that there is",
  options: [
    ["--watch", "Show how far it is until it is over"],
    ["--stop", "Stop the one that is going on"],
    ["--resume", "Go on with the one that was stopped"],
  ],
  examples: ["strata retier --watch", "strata retier --stop", "strata retier --resume --watch", "strata retier --json"],
  async run(_args, rawOptions, context) {
    const { terminal } = context;
    const { watch, stop, resume } = readOptions(Options, rawOptions);
    if (stop && (resume || watch)) throw usageError("--stop goes with neither --resume nor --watch.");
    const { api } = await connect(context);
    const runId = stop || resume ? await changeNewest(api, stop ? "stop" : "resume") : await begin(api, terminal);
    const run = watch ? await watchRun(api, runId, terminal) : await readRun(api, runId);
    show(run, watch, terminal);
    terminal.printJson(run);
    return run.status === "failed" ? ExitCode.failed : ExitCode.ok;
  },
};

async function begin(api: ApiClient, terminal: Terminal): Promise<string> {
  const { runId, started } = await api.post("/admin/v1/retier", StartedRun);
  if (!started) terminal.say(`A run is going on already: ${printable(runId)}.`);
  return runId;
}

async function changeNewest(api: ApiClient, change: "stop" | "resume"): Promise<string> {
  const { items } = await api.get("/admin/v1/retier", RetierRunPage, { query: { limit: "1" } });
  const [newest] = items;
  if (!newest) throw new CliError("no_run", "There was no run yet.", { hint: "strata retier starts one." });
  const path = `/admin/v1/retier/${encodeURIComponent(newest.runId)}/${change}`;
  return (await api.post(path, RetierRun)).runId;
}

function show(run: RetierRun, watched: boolean, terminal: Terminal): void {
  const c = terminal.outColours;
  const { people, facts, repaired, status } = run;
  const what = [
    countOf(people.seen, "profile"),
    `${groupDigits(people.changed)} changed`,
    `${groupDigits(facts)} memberships entered or left`,
    ...(repaired === 0 ? [] : [`${countOf(repaired, "row")} of members repaired`]),
    ...(people.failed === 0 ? [] : [`${groupDigits(people.failed)} could not be evaluated`]),
  ];
  if (status === "done") {
    const tookMs = Date.parse(run.finishedAt ?? run.startedAt) - Date.parse(run.startedAt);
    terminal.print(`${c.green("✔")} ${what.join(", ")}, in ${spellSeconds(tookMs / 1000)}.`);
  } else if (status === "running") {
    terminal.print(`Run ${run.runId} is going on${watched ? "" : "; strata retier --watch shows how far it is"}.`);
  } else {
    terminal.print(
      `${c.yellow("■")} Run ${run.runId} was ${status === "failed" ? "given up" : "stopped"}: ${what.join(", ")}.`,
    );
    terminal.print("  strata retier --resume goes on with it.");
  }
}
