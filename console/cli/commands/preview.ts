import * as z from "zod";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { DEFAULT_SAMPLE, MAX_SAMPLE, PreviewAnswer } from "#events/admin-api/preview.ts";
import { CliError, ExitCode, usageError } from "../cli-error.ts";
import { type Command, connect, readOptions } from "../command.ts";
import { readFolderOrFile } from "../definitions/read-folder.ts";
import { withPlaces } from "../definitions/with-places.ts";
import { wholeNumber } from "../option-text.ts";
import { renderPreview } from "../preview-text.ts";
import { groupDigits } from "../spell.ts";

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
    ["--all", "Look at everyone, for as long as one request may take"],
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
    const body = { changes, sample: all ? "all" : (sample ?? DEFAULT_SAMPLE) };
    const answer = await withPlaces(written, () => api.post("/admin/v1/preview", PreviewAnswer, { body }));
    for (const line of renderPreview(answer, terminal.outColours)) terminal.print(line);
    terminal.printJson(answer);
    return ExitCode.ok;
  },
};
