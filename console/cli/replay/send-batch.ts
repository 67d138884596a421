import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { serverUnreachable } from "../api-client.ts";
import { CliError } from "../cli-error.ts";
import type { Connection } from "../connection.ts";
import type { Refusal, ReplayCall } from "./read-calls.ts";

const Accepted = z.object({
  success: z.literal(true),
  rejected: z
    .array(z.object({ index: z.int().nonnegative(), code: z.string(), message: z.string().optional() }))
    .default([]),
});
const Refused = z.object({ code: z.string().optional(), message: z.string().optional() });

/** How long an unanswering server is tried for: about four minutes in all. */
const MAX_ATTEMPTS = 12;
const FIRST_DELAY_MS = 200;
const MAX_DELAY_MS = 30_000;

export interface SendOptions {
  readonly connection: Connection;
  readonly writeKey: string;
  /** Told of each retry: why, and after how many milliseconds. */
  readonly onRetry?: (reason: string, delayMs: number) => void;
  /** From 0 to 1, spreads the retries of several senders. */
  readonly random?: () => number;
  readonly wait?: (delayMs: number) => Promise<unknown>;
}

/** Sends one batch to `POST /v1/batch` until it is durable, and returns what the server refused of it.
 *  429 and 5xx answers, and no answer at all, are tried again: after Retry-After where it is given, else with exponential
 *  backoff. Throws CliError where no retry helps (401), or where the server stays away. */
export async function sendBatch(calls: readonly ReplayCall[], options: SendOptions): Promise<Refusal[]> {
  const { connection, random = Math.random, wait = sleep } = options;
  const body = `{"batch":[${calls.map((call) => call.json).join(",")}]}`;
  for (let attempt = 1; ; attempt++) {
    const outcome = await trySend(body, options);
    if (outcome.kind === "answered") return readAnswer(outcome.status, outcome.text, calls, connection);
    if (attempt === MAX_ATTEMPTS) throw outcome.error;
    const backoff = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
    const delayMs = outcome.retryAfterMs ?? backoff * (0.5 + random() / 2);
    options.onRetry?.(outcome.error.message, delayMs);
    await wait(delayMs);
  }
}

type Outcome =
  | { kind: "answered"; status: number; text: string }
  | { kind: "retry"; error: CliError; retryAfterMs: number | undefined };

async function trySend(body: string, { connection, writeKey }: SendOptions): Promise<Outcome> {
  try {
    const response = await fetch(`${connection.url}/v1/batch`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`,
      },
      body,
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    const { status } = response;
    if (status !== 429 && status < 500) return { kind: "answered", status, text };
    const error = new CliError(`http_${status}`, `${connection.url}/v1/batch keeps answering ${status}.`, {
      hint: status === 429 ? "Its stream is over its rate: try again later, or with less --concurrency." : text,
    });
    return { kind: "retry", error, retryAfterMs: readRetryAfter(response.headers.get("retry-after")) };
  } catch (cause) {
    return { kind: "retry", error: serverUnreachable(connection, cause), retryAfterMs: undefined };
  }
}

/** Seconds, or an HTTP date (RFC 9110 §10.2.3); no longer than five minutes. */
function readRetryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const delayMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(delayMs, 0), 300_000);
}

function readAnswer(status: number, text: string, calls: readonly ReplayCall[], connection: Connection): Refusal[] {
  const answer = parseJson(text);
  const accepted = Accepted.safeParse(answer);
  if (status === 200 && accepted.success)
    return accepted.data.rejected.map(({ index, code, message }) => refusal(calls[index]?.line ?? 0, code, message));
  const { code, message } = Refused.safeParse(answer).data ?? {};
  if (status === 401)
    throw new CliError(code ?? "unauthorized", message ?? "The write key was refused.", {
      hint: `The local runtime's keys are "writeKeys" in ${connection.localJson}; name one with --source, or give --write-key.`,
    });
  if (status === 200 || status === 404 || status === 403)
    throw new CliError(code ?? `http_${status}`, message ?? `${connection.url}/v1/batch answered ${status}.`, {
      hint: "Is that the collection URL of a Strata server?",
    });
  // The batch as a whole was refused: every call of it.
  return calls.map((call) => refusal(call.line, code ?? `http_${status}`, message));
}

function refusal(line: number, code: string, message: string | undefined): Refusal {
  return { line, code, ...(message === undefined ? {} : { message }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
