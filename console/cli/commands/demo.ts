import { fileURLToPath } from "node:url";
import * as z from "zod";
import { ApplyAnswer } from "#events/admin-api/definitions.ts";
import { Totals } from "#events/admin-api/totals.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, ExitCode } from "../cli-error.ts";
import { type Command, type CommandContext, connect, readOptions } from "../command.ts";
import { type Connection, resolveWriteKey } from "../connection.ts";
import { readFolder } from "../definitions/read-folder.ts";
import { findEarlierShift } from "../demo/find-earlier-load.ts";
import { outlineSample, type SampleOutline } from "../demo/outline-sample.ts";
import { readSummary, renderSummary } from "../demo/render-summary.ts";
import { shiftCalls, WEEK_MS, weeksUntil } from "../demo/shift-calls.ts";
import { waitUntilQuiet } from "../demo/wait-until-quiet.ts";
import { OnceText } from "../option-text.ts";
import { type ReplayResult, replayFile } from "../replay/replay-file.ts";
import { groupDigits, spellSeconds } from "../spell.ts";

const Options = z.object({ shift: z.boolean().default(true), writeKey: OnceText.optional() });
const Clock = z.object({ now: z.iso.datetime({ offset: true }) });

const SAMPLE = fileURLToPath(new URL("../demo/data/online-retail-sample.ndjson.gz", import.meta.url));
const DEFINITIONS = fileURLToPath(new URL("../../../events/examples/definitions/retail", import.meta.url));

/** Loads a real shop's history as anybody would send it: through the collection API. */
export const demo: Command = {
  usage: "demo",
  summary: "Load the demo: 300 customers of a real shop, and its tags",
  options: [
    ["--no-shift", "Keep the dates of 2010 and 2011 instead of moving them by whole weeks so that they end today"],
    ["--write-key <key>", "Write key of a `store` source (default: STRATA_WRITE_KEY, else the local runtime's)"],
  ],
  examples: ["strata demo", "strata demo --no-shift --json"],
  async run(_args, rawOptions, context) {
    const { terminal } = context;
    const options = readOptions(Options, rawOptions);
    const { connection, api } = await connect(context);
    // A shop's till is a `store`: its back-dated times stand, and its orders count as activity.
    const writeKey = resolveWriteKey({ writeKey: options.writeKey, source: "store" }, context.env, connection);
    const outline = await outlineSample(SAMPLE);
    const earlierShift = await findEarlierShift(api, outline);
    const shift = earlierShift ?? (options.shift ? weeksUntil(outline.newestAt, await readNow(connection, api)) : 0);
    const version = await applyDefinitions(api);
    terminal.say(`Definitions of the demo shop are in force (version ${version}).`);
    let sent: ReplayResult | undefined;
    if (earlierShift !== undefined && (await isLoaded(api, outline)))
      terminal.say(
        "The demo is already loaded; its dates stay as they were. For new ones start with an empty data directory.",
      );
    else sent = await sendSample(connection, writeKey, shift, outline, context);
    await waitForFold(api, context);
    const summary = await readSummary(api, outline.examples);
    for (const line of ["", ...renderSummary(summary, connection, terminal), ""]) terminal.print(line);
    terminal.printJson({ shiftWeeks: shift / WEEK_MS, definitionsVersion: version, sent: sent ?? null, ...summary });
    return sent !== undefined && sent.refused > 0 ? ExitCode.partlyRefused : ExitCode.ok;
  },
};

/** The server's own clock where it can be steered. */
async function readNow(connection: Connection, api: ApiClient): Promise<number> {
  if (connection.local === undefined) return Date.now();
  return Date.parse((await api.get("/local/clock", Clock)).now);
}

async function applyDefinitions(api: ApiClient): Promise<number> {
  const written = await readFolder(DEFINITIONS);
  const changes = written.map(({ kind, name, definition }) => ({ op: "put" as const, kind, name, definition }));
  return (await api.post("/admin/v1/definitions/apply", ApplyAnswer, { body: { changes } })).version;
}

async function isLoaded(api: ApiClient, outline: SampleOutline): Promise<boolean> {
  const { people, orders, refunds } = await api.get("/admin/v1/totals", Totals);
  return people >= outline.people && orders >= outline.orders && refunds.count >= outline.refunds;
}

async function sendSample(
  connection: Connection,
  writeKey: string,
  shift: number,
  outline: SampleOutline,
  { terminal }: CommandContext,
): Promise<ReplayResult> {
  const from = shift === 0 ? "" : `, moved by ${shift / WEEK_MS} weeks`;
  terminal.say(`Sending ${groupDigits(outline.calls)} events of ${outline.people} customers${from}.`);
  const result = await replayFile(
    SAMPLE,
    {
      connection,
      writeKey,
      batch: 200,
      concurrency: 4,
      label: "Loading",
      ...(shift === 0 ? {} : { map: shiftCalls(shift) }),
    },
    terminal,
  );
  terminal.say(`${groupDigits(result.accepted)} events accepted in ${spellSeconds(result.seconds)}.`);
  if (result.accepted === 0)
    throw new CliError("all_refused", "Every event of the demo was refused.", { details: result.reasons });
  return result;
}

async function waitForFold(api: ApiClient, { terminal }: CommandContext): Promise<void> {
  await waitUntilQuiet(api, (backlog) => {
    if (terminal.live)
      terminal.redraw(
        `Folding${backlog === undefined || backlog === 0 ? "…" : `: ${groupDigits(backlog)} records to go`}`,
      );
  });
  if (terminal.live) terminal.redraw("");
}
