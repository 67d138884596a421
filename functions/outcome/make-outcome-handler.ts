import { answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { type HttpHandler, makeHttpHandler } from "#aws/http-stack.ts";
import { answerInapp } from "./inapp/answer-inapp.ts";
import { OutcomeError } from "./outcome-error.ts";
import type { OutcomePorts } from "./ports.ts";
import { answerPreferences } from "./preferences/answer-preferences.ts";
import { answerReceipts } from "./receipts/answer-receipts.ts";
import { findRoute } from "./route.ts";
import { answerTrack } from "./tracking/answer-track.ts";

/** What comes back over HTTP, behind either gateway: links of messages, receipts of providers, and clients that ask for
 *  their messages. */
export function makeOutcomeHandler(ports: OutcomePorts): HttpHandler {
  return makeHttpHandler({
    handle: (request) => answerRequest(ports, request),
    answerError: (error) => {
      const answer = answerError(error);
      if (answer === undefined) return undefined;
      ports.count("RequestsRejected", 1);
      if (answer.statusCode >= 500) ports.logFailure("request_failed", error);
      return answer;
    },
    unexpectedBody: { success: false, code: "internal_error", message: "The request failed; it may be sent again." },
    logError: (error) => ports.logFailure("request_failed", error),
    cors: { headers: "authorization, content-type, x-write-key", methods: "GET,POST,OPTIONS" },
    hasOwnPagePolicy: true,
  });
}

async function answerRequest(ports: OutcomePorts, request: HttpRequest): Promise<HttpAnswer> {
  const route = findRoute(request.method, request.path);
  switch (route.kind) {
    case "preferences":
      return withoutBody(request, await answerPreferences(ports, request, route.token));
    case "track":
      return withoutBody(request, await answerTrack(ports, request, route.token));
    case "receipts":
      return answerReceipts(ports, request, route);
    case "inapp":
      return answerInapp(ports, request);
    default:
      return route satisfies never;
  }
}

function withoutBody({ method }: HttpRequest, answer: HttpAnswer): HttpAnswer {
  return method === "HEAD" ? { ...answer, body: "", isBase64Encoded: false } : answer;
}

/** Stores and streams that do not answer are worth another try. */
function answerError(error: unknown): HttpAnswer | undefined {
  if (error instanceof OutcomeError) {
    const { status, code, message, retryAfterSeconds } = error;
    const headers = retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) };
    return answerJson(status, { success: false, code, message }, headers);
  }
  if (!(error instanceof Error) || !("retriable" in error) || error.retriable !== true) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : "unavailable";
  return answerJson(503, { success: false, code, message: "Please try again." }, { "Retry-After": "1" });
}
