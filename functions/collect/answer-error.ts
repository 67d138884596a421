import { answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import { type RejectionCode, RequestRejectedError } from "#domain/collect/rejections.ts";
import { StreamUnavailableError } from "#domain/ports/streams.ts";

/** The answer of every documented error of the collection API; undefined for one that nobody foresaw. */
export function answerError(error: unknown): HttpAnswer | undefined {
  const rejected = asRejection(error);
  if (rejected === undefined) return undefined;
  const { code, message, status, retryAfterSeconds } = rejected;
  const headers = retryAfterSeconds === undefined ? undefined : { "Retry-After": String(retryAfterSeconds) };
  return answerJson(status, { success: false, code, message }, headers);
}

function asRejection(error: unknown): RequestRejectedError | undefined {
  if (error instanceof RequestRejectedError) return error;
  if (error instanceof StreamUnavailableError) return new RequestRejectedError(error.code, { cause: error });
  if (error instanceof Error && "code" in error && error.code === ("definitions_unavailable" satisfies RejectionCode)) {
    return new RequestRejectedError("definitions_unavailable", { cause: error });
  }
  return undefined;
}
