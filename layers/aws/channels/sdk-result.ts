import type { SendResult } from "#domain/ports/channel.ts";

/** What the common errors of AWS stand for, whatever the service.
 *  https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html */
const COMMON: Readonly<Record<string, SendResult>> = {
  ThrottlingException: { kind: "retry", afterMs: 0, code: "throttled" },
  AccessDeniedException: { kind: "retry", afterMs: 0, code: "unauthorised" },
  ExpiredTokenException: { kind: "retry", afterMs: 0, code: "unauthorised" },
  UnrecognizedClientException: { kind: "retry", afterMs: 0, code: "unauthorised" },
  InvalidClientTokenId: { kind: "retry", afterMs: 0, code: "unauthorised" },
  SignatureDoesNotMatch: { kind: "retry", afterMs: 0, code: "unauthorised" },
  CredentialsProviderError: { kind: "retry", afterMs: 0, code: "unauthorised" },
};
/** Nothing was sent before these. */
const NEVER_CONNECTED = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

/** What an error of an AWS SDK stands for: what the service says of itself first. Its message is never read: it may quote
 *  the address. */
export function resultOfSdkError(error: unknown, answers: Readonly<Record<string, SendResult>>): SendResult {
  if (!(error instanceof Error)) return { kind: "unknown", code: "answer_unreadable" };
  const { name } = error;
  for (const table of [answers, COMMON]) {
    const known = Object.hasOwn(table, name) ? table[name] : undefined;
    if (known) return known;
  }
  const { code, $metadata } = error as { code?: string; $metadata?: { httpStatusCode?: number } };
  if (code !== undefined && NEVER_CONNECTED.has(code)) return { kind: "retry", afterMs: 0, code: "unreachable" };
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429) return { kind: "retry", afterMs: 0, code: "throttled" };
  if (status === 401 || status === 403) return { kind: "retry", afterMs: 0, code: "unauthorised" };
  if (status >= 400 && status < 500) return { kind: "failed", code: "bad_request" };
  if (status >= 500) return { kind: "unknown", code: "provider_error" };
  const timedOut = name === "AbortError" || name === "TimeoutError";
  return { kind: "unknown", code: timedOut ? "timed_out" : "connection_lost" };
}
