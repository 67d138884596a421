import * as z from "zod";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { DEFAULT_SAMPLE, MAX_PARTS, MAX_SAMPLE, PreviewAnswer } from "#events/admin-api/preview.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { readFolderOrFile } from "../definitions/read-folder.ts";
import { withPlaces } from "../definitions/with-places.ts";
import { wholeNumber } from "../option-text.ts";
import { joinParts, partsFor } from "../preview-parts.ts";
import { renderPreview } from "../preview-text.ts";
import { Progress } from "../replay/progress.ts";
import { groupDigits } from "../spell.ts";
import type { Terminal } from "../terminal.ts";

const Options = z.object({
  sample: wholeNumber(100, MAX_SAMPLE).optional(),
  all: z.boolean().default(false),
});

/** Shows who would enter, leave and move, before anything is changed. */
export const preview: Command = {
  usage: "preview <file>",
  summary:
    "Show who would enter, leave and move if the definitions of a file (or folder) were applied; nothing is written",
  options: [
    ["--sample <n>", `How many people to look at, drawn at random (default: ${groupDigits(DEFAULT_SAMPLE)})`],
    ["--all", "Look at everyone, part by part where they are many"],
  ],
  examples: [
    "strata preview events/examples/definitions/retail",
    "strata preview my-definitions/frequent-buyer.yaml --sample 50000",
    "strata preview my-definitions/value.yaml --all --json",
  ],
  async run([path = ""], rawOptions, context) {
    const { terminal } = context;
    const { sample, all } = readOptions(Options, rawOptions);
    if (all && sample !== undefined) throw usageError("Give --sample or --all, not both.");
    const written = await readFolderOrFile(path);
    if (written.length === 0) throw new CliError("no_definitions", `There are no definitions in ${path}.`);
    const { api } = await connect(context);
    const changes = written.map(
      ({ kind, name, definition }): DefinitionChange => ({ op: "put", kind, name, definition }),
    );
    const ask = (body: object) => api.post("/admin/v1/preview", PreviewAnswer, { body: { changes, ...body } });
    const first = await withPlaces(written, () => ask({ sample: all ? "all" : (sample ?? DEFAULT_SAMPLE) }));
    const answer = all && !first.complete ? await askInParts(ask, first, terminal) : first;
    for (const line of renderPreview(answer, terminal.outColours)) terminal.print(line);
    terminal.printJson(answer);
    return ExitCode.ok;
  },
};

/** Everyone was too many for one request: part by part, and added up. */
async function askInParts(
  ask: (body: object) => Promise<PreviewAnswer>,
  first: PreviewAnswer,
  terminal: Terminal,
): Promise<PreviewAnswer> {
  const of = partsFor(first, MAX_PARTS);
  const progress = new Progress(terminal, "Looking at everyone");
  let whole: PreviewAnswer | undefined;
  for (let index = 0; index < of; index++) {
    const part = await ask({ sample: "all", part: { index, of } });
    whole = whole ? joinParts(whole, part) : part;
    if (!whole) {
      throw new CliError("definitions_changed", "The definitions in force changed meanwhile: ask again.");
    }
    progress.update((index + 1) / of, 0, `${groupDigits(whole.population.seen)} people`);
  }
  progress.finish();
  return whole ?? first;
}
