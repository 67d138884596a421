import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import * as z from "zod";
import { CliError, ExitCode } from "../cli-error.ts";
import { type Command, readOptions } from "../command.ts";
import { convertOnlineRetail } from "../demo/convert-online-retail.ts";
import { groupDigits } from "../spell.ts";

const Options = z.object({ sample: z.boolean().default(false) });

/** Turns the UCI Online Retail CSV into a file that `replay` takes. */
export const convert: Command = {
  usage: "convert-online-retail <csv> <out>",
  summary: "Convert the UCI Online Retail CSV (also gzipped) into Segment calls (gzipped if <out> ends in .gz)",
  options: [["--sample", "Only the demo's 300 customers"]],
  examples: [
    "strata convert-online-retail online_retail_full.csv.gz online-retail.ndjson.gz",
    "strata convert-online-retail online_retail_full.csv.gz sample.ndjson.gz --sample",
  ],
  async run([csv = "", out = ""], rawOptions, context) {
    const { sample } = readOptions(Options, rawOptions);
    const counts = { invoices: 0, calls: 0 };
    const unfinished = `${out}.part`;
    async function* lines(): AsyncIterable<string> {
      for await (const invoice of convertOnlineRetail(csv, { sampleOnly: sample })) {
        counts.invoices++;
        counts.calls += invoice.length;
        for (const line of invoice) yield `${line}\n`;
      }
    }
    try {
      const file = createWriteStream(unfinished);
      if (out.endsWith(".gz")) await pipeline(lines, createGzip({ level: constants.Z_BEST_COMPRESSION }), file);
      else await pipeline(lines, file);
      await rename(unfinished, out);
    } catch (cause) {
      await rm(unfinished, { force: true });
      if (cause instanceof CliError) throw cause;
      throw new CliError("file_unwritable", `Cannot write ${out}: ${String((cause as Error).message)}`, { cause });
    }
    context.terminal.print(
      `${groupDigits(counts.calls)} calls of ${groupDigits(counts.invoices)} invoices are in ${out}, in order of time.`,
    );
    context.terminal.printJson({ ...counts, out });
    return ExitCode.ok;
  },
};
