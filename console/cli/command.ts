import type * as z from "zod";
import { ApiClient } from "./api-client.ts";
import { type ExitCode, usageError } from "./cli-error.ts";
import { type Connection, type ConnectionOptions, resolveConnection } from "./connection.ts";
import type { Environment } from "./environment.ts";
import type { Terminal } from "./terminal.ts";

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly env: Environment;
  readonly connectionOptions: ConnectionOptions;
}

/** One command: how it is called, described and run. */
export interface Command {
  /** `members <key>` */
  readonly usage: string;
  readonly summary: string;
  /** Flag as cac writes it, and what it does. */
  readonly options: readonly (readonly [flag: string, description: string])[];
  readonly examples: readonly string[];
  /** @param options as typed: texts and booleans by their camel-case names. */
  run(args: readonly string[], options: Record<string, unknown>, context: CommandContext): Promise<ExitCode>;
}

export async function connect(context: CommandContext): Promise<{ connection: Connection; api: ApiClient }> {
  const connection = await resolveConnection(context.connectionOptions, context.env);
  return { connection, api: new ApiClient(connection) };
}

/** Reads a command's own options; a value that does not fit is a usage error that names its flag. */
export function readOptions<Schema extends z.ZodType>(
  schema: Schema,
  options: Record<string, unknown>,
): z.infer<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? "");
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw usageError(`--${flag}: ${issue?.message ?? "not understood"}`);
}
