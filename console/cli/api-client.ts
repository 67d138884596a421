import * as z from "zod";
import { CliError } from "./cli-error.ts";
import type { Connection } from "./connection.ts";

const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  details: z.unknown().optional(),
  requestId: z.string().optional(),
});

/** The server answered, and the answer is an error: its code, message and details as it gave them. */
export class ApiError extends CliError {
  override readonly name = "ApiError";
  readonly status: number;
  constructor(status: number, code: string, message: string, more: { hint?: string; details?: unknown }) {
    super(code, message, more);
    this.status = status;
  }
}

interface Call {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | undefined>>;
}

/** The administration API over HTTP. Answers are checked against the schema that the caller passes. */
export class ApiClient {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get<Schema extends z.ZodType>(path: string, schema: Schema, call: Call = {}): Promise<z.infer<Schema>> {
    return this.#request("GET", path, schema, call);
  }

  post<Schema extends z.ZodType>(path: string, schema: Schema, call: Call = {}): Promise<z.infer<Schema>> {
    return this.#request("POST", path, schema, call);
  }

  async #request<Schema extends z.ZodType>(
    method: string,
    path: string,
    schema: Schema,
    call: Call,
  ): Promise<z.infer<Schema>> {
    const url = new URL(this.#connection.url + path);
    for (const [name, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(name, value);
    const response = await this.#send(url, {
      method,
      headers: {
        accept: "application/json",
        ...(this.#connection.token === undefined ? {} : { authorization: `Bearer ${this.#connection.token}` }),
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    if (!response.ok) throw this.#errorOf(response.status, text, `${method} ${url.pathname}`);
    const answer = schema.safeParse(parseJson(text));
    if (answer.success) return answer.data;
    throw new CliError("answer_not_understood", `${method} ${url.pathname} answered something unexpected.`, {
      lines: answer.error.issues.slice(0, 5).map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`),
      hint: `Is ${this.#connection.url} a Strata server of this version?`,
    });
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (cause) {
      throw serverUnreachable(this.#connection, cause);
    }
  }

  #errorOf(status: number, text: string, what: string): ApiError {
    const body = ErrorBody.safeParse(parseJson(text));
    const { code, message, details } = body.success
      ? body.data
      : { code: `http_${status}`, message: `${what} answered ${status}: ${text.slice(0, 300)}`, details: undefined };
    return new ApiError(status, code, message, { details, ...hintFor(status, this.#connection) });
  }
}

function hintFor(status: number, connection: Connection): { hint?: string } {
  if (status === 401) return { hint: tokenHint(connection) };
  if (status === 403) return { hint: "The token's role does not allow this." };
  return {};
}

function tokenHint({ token, localJson }: Connection): string {
  const where = `The local runtime's token is "adminToken" in ${localJson}; on AWS it is in the secret that the stack's output names.`;
  return token === undefined ? `No token was sent: give --token or STRATA_TOKEN. ${where}` : where;
}

/** The error for a server that does not answer at all. */
export function serverUnreachable(connection: Connection, cause: unknown): CliError {
  const timedOut = cause instanceof Error && cause.name === "TimeoutError";
  return new CliError(
    timedOut ? "server_timeout" : "server_unreachable",
    timedOut ? `${connection.url} did not answer in time.` : `Nothing answers at ${connection.url}.`,
    {
      hint: timedOut
        ? "Is it busy or stuck? Its log says more."
        : "Is the server running? Start it with `npm start`, or name another with --url.",
      cause,
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
