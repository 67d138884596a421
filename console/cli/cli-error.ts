/** What a script sees of a command's end. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  /** The command line was wrong: nothing was done. */
  usage: 2,
  /** Done, but for some events that the server refused. */
  partlyRefused: 3,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Anything that ends a command and is told in one line, with a second line that says what to do about it. */
export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly code: string;
  readonly hint: string | undefined;
  /** Further lines for a reader, such as one per fault. */
  readonly lines: readonly string[];
  readonly details: unknown;
  readonly exitCode: ExitCode;

  constructor(
    code: string,
    message: string,
    more: { hint?: string; lines?: readonly string[]; details?: unknown; exitCode?: ExitCode; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.hint = more.hint;
    this.lines = more.lines ?? [];
    this.details = more.details;
    this.exitCode = more.exitCode ?? ExitCode.failed;
  }
}

/** The command line itself is at fault. */
export function usageError(message: string, hint?: string): CliError {
  return new CliError("usage", message, { exitCode: ExitCode.usage, ...(hint === undefined ? {} : { hint }) });
}
