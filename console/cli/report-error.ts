import { ApiError } from "./api-client.ts";
import { CliError, ExitCode } from "./cli-error.ts";
import { printable } from "./spell.ts";
import type { Terminal } from "./terminal.ts";

/** Tells what went wrong and what to do about it, on stderr; under --json also on stdout. Returns the exit code. */
export function reportError(error: unknown, terminal: Terminal): ExitCode {
  const told = error instanceof CliError ? error : unexpected(error);
  const c = terminal.errColours;
  const code = told instanceof ApiError ? c.dim(` (${printable(told.code)}, HTTP ${told.status})`) : "";
  terminal.say(`${c.red("✗")} ${printable(told.message)}${code}`);
  for (const line of told.lines) terminal.say(`  ${printable(line)}`);
  if (told.lines.length === 0 && told.details !== undefined)
    for (const line of spellDetails(told.details)) terminal.say(`  ${c.dim(printable(line))}`);
  if (told.hint !== undefined) terminal.say(`  ${c.cyan("→")} ${printable(told.hint)}`);
  const { message, hint, details } = told;
  terminal.printJson({
    error: { code: told.code, message, ...(hint !== undefined && { hint }), ...(details !== undefined && { details }) },
  });
  return told.exitCode;
}

function spellDetails(details: unknown): string[] {
  if (typeof details !== "object" || details === null) return [JSON.stringify(details)];
  return Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

/** A fault of the program itself: its stack is what a report of it needs. */
function unexpected(error: unknown): CliError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [message = "", ...lines] = stack.split("\n");
  return new CliError("unexpected", message, { lines, exitCode: ExitCode.failed, cause: error });
}
