import type { SendResult } from "#domain/ports/channel.ts";

const UNAUTHORISED: SendResult = { kind: "retry", afterMs: 0, code: "unauthorised" };
const THROTTLED: SendResult = { kind: "retry", afterMs: 0, code: "throttled" };

/** What the common errors of AWS stand for, whatever the service; some that are about the caller have the status of a wrong
 *  request. https://docs.aws.amazon.com/ses/latest/APIReference-V2/CommonErrors.html, and those of signatures that the SDK's
 *  own classification knows (`@smithy/core`, retry). */
const COMMON: Readonly<Record<string, SendResult>> = {
  AccessDeniedException: UNAUTHORISED,
  ExpiredTokenException: UNAUTHORISED,
  IncompleteSignature: UNAUTHORISED,
  InvalidClientTokenId: UNAUTHORISED,
  InvalidSignatureException: UNAUTHORISED,
  MissingAuthenticationToken: UNAUTHORISED,
  MissingAuthenticationTokenException: UNAUTHORISED,
  NotAuthorized: UNAUTHORISED,
  OptInRequired: UNAUTHORISED,
  RequestExpired: UNAUTHORISED,
  SignatureDoesNotMatch: UNAUTHORISED,
  UnrecognizedClientException: UNAUTHORISED,
  CredentialsProviderError: UNAUTHORISED,
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  RequestThrottled: THROTTLED,
  TooManyRequestsException: THROTTLED,
  RequestAbortedException: { kind: "unknown", code: "connection_lost" },
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
  if (status === 429) return THROTTLED;
  if (status === 401 || status === 403) return UNAUTHORISED;
  if (status >= 400 && status < 500) return { kind: "failed", code: "bad_request" };
  if (status >= 500) return { kind: "unknown", code: "provider_error" };
  const timedOut = name === "AbortError" || name === "TimeoutError";
  return { kind: "unknown", code: timedOut ? "timed_out" : "connection_lost" };
}
