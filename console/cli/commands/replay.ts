import * as z from "zod";
import { ExitCode } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { resolveWriteKey } from "../connection.ts";
import { OnceText, wholeNumber } from "../option-text.ts";
import { MAX_BATCH_EVENTS, type ReplayResult, replayFile } from "../replay/replay-file.ts";
import { groupDigits, printable, spellSeconds } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  writeKey: OnceText.optional(),
  source: OnceText.optional(),
  batch: wholeNumber(1, MAX_BATCH_EVENTS).default(500),
  concurrency: wholeNumber(1, 64).default(4),
});

/** Refusals shown to a reader one by one. */
const SHOWN_REFUSALS = 10;

/** Sends a file of Segment calls through the collection API. */
export const replay: Command = {
  usage: "replay <file>",
  summary: "Send a file of Segment calls (NDJSON, also gzipped) to the collection API",
  options: [
    [
      "--write-key <key>",
      "Write key to send with (default: STRATA_WRITE_KEY, else the local runtime's key of --source)",
    ],
    ["--source <name>", "Source of the local runtime whose key to use (default: server)"],
    ["--batch <n>", "Events in one request, at most 2500; a request stays below 500 KB in any case (default: 500)"],
    ["--concurrency <n>", "Requests under way at once; one user's calls stay in order (default: 4)"],
  ],
  examples: [
    "strata replay events.ndjson",
    "strata replay history.ndjson.gz --source store --concurrency 8",
    "strata replay events.ndjson --url https://collect.example.com --write-key wk_… --json",
  ],
  async run([file = ""], rawOptions, context) {
    const { batch, concurrency, writeKey, source } = readOptions(Options, rawOptions);
    const { connection } = await connect(context);
    const key = resolveWriteKey({ writeKey, source }, context.env, connection);
    const result = await replayFile(
      file,
      { connection, writeKey: key, batch, concurrency, label: "Replaying" },
      context.terminal,
    );
    showResult(result, context.terminal);
    context.terminal.printJson(result);
    return result.refused > 0 ? ExitCode.partlyRefused : ExitCode.ok;
  },
};

function showResult(result: ReplayResult, terminal: Terminal): void {
  const c = terminal.outColours;
  const rate = groupDigits(Math.round(result.accepted / result.seconds));
  const retried = result.retries > 0 ? `, ${groupDigits(result.retries)} requests retried` : "";
  terminal.print(
    `${c.green("✔")} ${groupDigits(result.accepted)} events accepted in ${spellSeconds(result.seconds)} (${rate}/s${retried})`,
  );
  if (result.refused === 0) return;
  terminal.print(`${c.yellow("!")} ${groupDigits(result.refused)} refused:`);
  for (const [code, count] of Object.entries(result.reasons).sort(([, a], [, b]) => b - a))
    terminal.print(`    ${groupDigits(count)} × ${printable(code)}`);
  for (const { line, code, message } of result.refusals.slice(0, SHOWN_REFUSALS))
    terminal.print(
      c.dim(`    line ${line}: ${printable(code)}${message === undefined ? "" : `, ${printable(message)}`}`),
    );
  if (result.refused > SHOWN_REFUSALS)
    terminal.print(c.dim(`    … and ${groupDigits(result.refused - SHOWN_REFUSALS)} more (--json lists up to 1,000)`));
}
