import { basename } from "node:path";
import * as z from "zod";
import { ImportCreated, type ImportRequest, ImportView } from "#events/admin-api/imports.ts";
import type { ApiClient } from "../api-client.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { findEarlierImport } from "../imports/find-earlier-import.ts";
import { hashFile } from "../imports/hash-file.ts";
import { uploadFile } from "../imports/upload-file.ts";
import { watchImport } from "../imports/watch-import.ts";
import { OnceText } from "../option-text.ts";
import { Progress } from "../replay/progress.ts";
import { countOf, groupDigits, printable, spellInstant } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Delimiter = z.enum([",", ";", "tab", "|"]).default(",");
const Options = z.object({
  into: OnceText.regex(/^(tag|segment):[a-z][a-z0-9-]*$/, "tag:<name> or segment:<name>"),
  column: z.union([z.string(), z.array(z.string())], { error: "give it as <identifier>=<column>" }),
  mode: z.enum(["add", "replace", "remove"]).default("add"),
  format: z.enum(["csv", "ndjson"]).optional(),
  delimiter: Delimiter,
  again: z.boolean().default(false),
});

/** Refused rows shown to a reader one by one. */
const SHOWN_ERRORS = 10;

/** Puts the people of a file into a tag or a static segment, and watches to the end. */
export const importPeople: Command = {
  usage: "import <file>",
  summary: "Put the people of a CSV or NDJSON file into a tag or a static segment",
  options: [
    ["--into <key>", "tag:<name> or segment:<name>"],
    ["--column <identifier=column>", "Which column holds which type of identifier; again for further ones"],
    ["--mode <mode>", "add, remove, or replace: also take out whom the file does not name (default: add)"],
    ["--format <format>", "csv or ndjson (default: by the file's name)"],
    ["--delimiter <character>", "Between the fields of a CSV file: , ; | or tab (default: ,)"],
    ["--again", "Also where the same file was imported before"],
  ],
  examples: [
    "strata import people.csv --into tag:vip --column email=Email",
    "strata import spring.csv --into segment:spring-list --column phone=Mobile --column email=Mail --mode replace",
    "strata import ids.ndjson --into tag:vip --column userId=id --json",
  ],
  async run([file = ""], rawOptions, context) {
    const { terminal } = context;
    const options = readOptions(Options, rawOptions);
    if (/\.gz$/i.test(file)) throw usageError("A compressed file cannot be imported: unpack it first.");
    const plan = planRequest(file, options);
    const { sha256, bytes } = await hashFile(file);
    const asked = { request: { ...plan, sha256 }, bytes };
    const { api } = await connect(context);
    const earlier = options.again ? undefined : await findEarlierImport(api, asked.request);
    if (earlier?.status === "done") {
      const when = spellInstant(earlier.finishedAt ?? earlier.createdAt);
      terminal.print(`${printable(asked.request.name)} was imported into ${earlier.into} already, at ${when}.`);
      terminal.print("  --again imports it once more.");
      return show(earlier, terminal);
    }
    const importId = earlier ? await goOn(api, earlier) : await begin(api, file, asked, terminal);
    return show(await watchImport(api, importId, terminal), terminal);
  },
};

function planRequest(file: string, options: z.infer<typeof Options>): ImportRequest {
  const [kind = "", name = ""] = options.into.split(":");
  const columns = [options.column].flat().map((text) => {
    const [, identifier, column] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
    if (identifier === undefined || column === undefined)
      throw usageError(`--column: not understood: ${text}`, "Write it as <identifier>=<column>, such as email=Email.");
    return { column, identifier };
  });
  return {
    name: basename(file),
    format: options.format ?? (/\.(ndjson|jsonl)$/i.test(file) ? "ndjson" : "csv"),
    into: kind === "tag" ? { tag: name } : { segment: name },
    mode: options.mode,
    columns,
    delimiter: options.delimiter === "tab" ? "\t" : options.delimiter,
  };
}

async function begin(
  api: ApiClient,
  file: string,
  { request, bytes }: { request: ImportRequest; bytes: number },
  terminal: Terminal,
): Promise<string> {
  const { importId, upload } = await api.post("/admin/v1/imports", ImportCreated, { body: request });
  const progress = new Progress(terminal, "Uploading");
  await uploadFile(file, bytes, upload.url, (sent) => progress.update(sent / Math.max(bytes, 1), 0));
  progress.finish();
  await api.post(`/admin/v1/imports/${encodeURIComponent(importId)}/start`, ImportView);
  return importId;
}

/** One that runs is only watched; one that was stopped is started again, from where it was. */
async function goOn(api: ApiClient, { importId, status }: ImportView): Promise<string> {
  if (status === "stopped") await api.post(`/admin/v1/imports/${encodeURIComponent(importId)}/start`, ImportView);
  return importId;
}

function show(view: ImportView, terminal: Terminal): ExitCode {
  const { rows, failure } = view;
  if (failure) {
    const where = failure.row === null ? "" : ` (row ${groupDigits(failure.row)})`;
    throw new CliError(failure.code, `The import failed${where}: ${printable(failure.message)}`, { details: view });
  }
  const c = terminal.outColours;
  const mark = view.status === "done" ? c.green("✔") : c.yellow("!");
  const removed = view.mode === "replace" ? `, ${countOf(view.removed, "other")} taken out` : "";
  const verb = view.mode === "remove" ? "taken out of" : "put into";
  terminal.print(
    `${mark} ${view.status}: ${countOf(rows.read, "row")} read, ${groupDigits(rows.applied)} ${verb} ${printable(view.into)}, ${groupDigits(rows.unchanged)} unchanged${removed}`,
  );
  if (rows.refused > 0) showErrors(view, terminal);
  terminal.printJson(view);
  return rows.refused > 0 ? ExitCode.partlyRefused : ExitCode.ok;
}

function showErrors({ rows, errors, firstErrors, errorsUrl }: ImportView, terminal: Terminal): void {
  const c = terminal.outColours;
  terminal.print(`${c.yellow("!")} ${groupDigits(rows.refused)} refused:`);
  for (const [code, count] of Object.entries(errors).sort(([, a], [, b]) => b - a))
    terminal.print(`    ${groupDigits(count)} × ${printable(code)}`);
  for (const { row, code, column, value } of firstErrors.slice(0, SHOWN_ERRORS)) {
    const what = [column, value].filter((part) => part !== undefined).map(printable);
    terminal.print(c.dim(`    row ${row}: ${[printable(code), ...what].join(", ")}`));
  }
  if (errorsUrl !== null) terminal.print(`  all of them, for an hour: ${errorsUrl}`);
}
