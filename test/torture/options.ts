import { parseArgs } from "node:util";

export interface Options {
  readonly kills: number;
  readonly seed: number;
  readonly visitors: number;
  readonly keep: boolean;
}

export const usage = `Usage: npm run torture -- [options]

Replays the demo's shop and a click stream into the local runtime while killing it: its functions' workers at
random instants of their work, and one time in ten the whole process (kill -9), which then starts again on what
is on disk. In the end everybody must have exactly what was sent.

  --kills <n>      how many (200)
  --seed <n>       of what is sent and when is killed what; the time by default, and printed
  --visitors <n>   who walk each of the 20 sessions of the click stream (10)
  --keep           keep the data directory, for a look at what went wrong
  --help

Exit code: 0 everything holds, 1 something does not, 2 wrong usage.

Examples:
  npm run torture
  npm run torture -- --kills 20 --seed 7 --keep`;

export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage";
}

/** What the command line asks for. Throws UsageError. */
export function readOptions(args: string[], now: number): Options | "help" {
  const values = parse(args);
  if (values.help === true) return "help";
  return {
    kills: readCount("kills", values.kills, 200),
    seed: readCount("seed", values.seed, Math.floor(now / 1000)),
    visitors: readCount("visitors", values.visitors, 10),
    keep: values.keep ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        kills: { type: "string" },
        seed: { type: "string" },
        visitors: { type: "string" },
        keep: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readCount(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(text)) throw new UsageError(`--${name}: expected a whole number, got ${text}`);
  return Number(text);
}
