import { type HttpHandler, makeHttpHandler } from "#aws/http-stack.ts";
import { answerError } from "./answer-error.ts";
import { answerRequest, type CollectPorts } from "./answer-request.ts";

/** The collection API over its ports; `logError` hears of errors that nobody foresaw, and of those that are ours. */
export function makeCollectHandler(ports: CollectPorts, logError: (error: unknown) => void): HttpHandler {
  return makeHttpHandler({
    handle: (request) => answerRequest(ports, request),
    answerError: (error) => {
      const answer = answerError(error);
      if (answer !== undefined && answer.statusCode >= 500) logError(error);
      if (answer !== undefined) ports.count("RequestsRejected", 1);
      return answer;
    },
    unexpectedBody: { success: false, code: "internal_error", message: "The request failed; it may be sent again." },
    logError,
    cors: { headers: "authorization, content-type, x-write-key, x-retry-count", methods: "GET,POST,OPTIONS" },
  });
}
