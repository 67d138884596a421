import { confirm, isCancel } from "@clack/prompts";
import pc from "picocolors";

type Colours = ReturnType<typeof pc.createColors>;

/** Where a command speaks. Results go to stdout, and everything said along the way to stderr, so that stdout can be piped. */
export interface Terminal {
  /** A result for a reader; silent under --json. */
  print(text: string): void;
  /** The result for a machine, as one JSON document; silent without --json. */
  printJson(value: unknown): void;
  /** A remark on stderr. */
  say(text: string): void;
  /** Overwrites the current line of stderr; only where `live`. */
  redraw(text: string): void;
  readonly json: boolean;
  /** stderr is a terminal that can be redrawn. */
  readonly live: boolean;
  /** Somebody is there to answer. */
  readonly interactive: boolean;
  readonly columns: number;
  readonly outColours: Colours;
  readonly errColours: Colours;
  /** Asks yes or no; only where `interactive`. A cancelled question is a no. */
  confirm(question: string): Promise<boolean>;
}

interface Streams {
  readonly stdin: { isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  readonly stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
}

/** @param colours forces colours on or off; undefined leaves it to each stream. */
export function openTerminal(streams: Streams, options: { json: boolean; colours: boolean | undefined }): Terminal {
  const { stdin, stdout, stderr } = streams;
  const { json, colours } = options;
  const interactive = stdin.isTTY === true && stderr.isTTY === true && !json;
  let drawn = false;
  const settle = (): void => {
    if (drawn) stderr.write("\r\x1b[2K");
    drawn = false;
  };
  return {
    print(text) {
      if (json) return;
      settle();
      stdout.write(`${text}\n`);
    },
    printJson(value) {
      if (!json) return;
      settle();
      stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    say(text) {
      settle();
      stderr.write(`${text}\n`);
    },
    redraw(text) {
      settle();
      if (text === "") return;
      stderr.write(text);
      drawn = true;
    },
    json,
    live: stderr.isTTY === true,
    interactive,
    columns: stdout.columns ?? stderr.columns ?? 100,
    outColours: pc.createColors(colours ?? stdout.isTTY === true),
    errColours: pc.createColors(colours ?? stderr.isTTY === true),
    async confirm(question) {
      const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
      return !isCancel(answer) && answer;
    },
  };
}
