import { answerJson, type HttpAnswer } from "#aws/http-answer.ts";
import type { HttpRequest } from "#aws/http-request.ts";
import { type HttpHandler, makeHttpHandler } from "#aws/http-stack.ts";
import { AdminError } from "./admin-error.ts";
import { authenticate, authorise } from "./auth.ts";
import { answerDocuments } from "./documents.ts";
import { parseInput } from "./parse-input.ts";
import type { AdminPorts } from "./ports.ts";
import type { Answer } from "./route.ts";
import { makeRouter } from "./router.ts";
import { routes } from "./routes.ts";

/** Answers a request of either gateway: who asks, which route, what was sent, the answer or a helpful refusal. Nothing
 *  that a caller sends makes it throw. */
export function makeAdminHandler(ports: AdminPorts): HttpHandler {
  const findRoute = makeRouter(routes);

  async function answer(request: HttpRequest): Promise<Answer> {
    const document = answerDocuments(request);
    if (document) return document;
    const actor = await authenticate(request.header("authorization"), ports);
    const { route, params } = findRoute(request.method, request.path);
    authorise(actor, route.role);
    const input = parseInput(route, params, request);
    const { header, requestId } = request;
    return route.handle({ ...input, header, actor, requestId, now: ports.now() }, ports);
  }

  async function handle(request: HttpRequest): Promise<HttpAnswer> {
    const { requestId, method } = request;
    try {
      return write(await answer(request), requestId);
    } catch (error) {
      if (error instanceof AdminError) return write(refusal(error, requestId), requestId);
      ports.logError("administration failed", error, { requestId, method });
      return write(failure(error, requestId), requestId);
    }
  }

  return makeHttpHandler({
    handle,
    // `handle` answers every error itself, for only it knows the request's id.
    answerError: () => undefined,
    unexpectedBody: { code: "internal", message: "something failed on our side" },
    logError: (error) => ports.logError("administration failed", error, {}),
    cors: { headers: "authorization, content-type, if-match", methods: "GET,PUT,POST,DELETE,OPTIONS" },
    hasOwnPagePolicy: true,
  });
}

function refusal({ status, code, message, details, headers }: AdminError, requestId: string): Answer {
  return { status, headers, body: { code, message, ...(details !== undefined && { details }), requestId } };
}

/** What went wrong on our side is told by code alone: messages of ours may hold what a caller should not see. */
function failure(error: unknown, requestId: string): Answer {
  const isRetriable = error instanceof Error && "retriable" in error && error.retriable === true;
  const code = error instanceof Error && "code" in error && isCode(error.code) ? error.code : "internal";
  return {
    status: isRetriable ? 503 : 500,
    headers: isRetriable ? { "retry-after": "1" } : {},
    body: { code, message: "something failed on our side; the request id finds it in the log", requestId },
  };
}

/** Codes of ours are small letters; Node's (`ECONNREFUSED`) tell of what is behind us. */
function isCode(code: unknown): code is string {
  return typeof code === "string" && /^[a-z_]+$/.test(code);
}

function write({ status, body, headers }: Answer, requestId: string): HttpAnswer {
  const all = { "Cache-Control": "no-store", "X-Request-Id": requestId, ...headers };
  if (typeof body !== "string") return answerJson(status, body, all);
  return {
    statusCode: status,
    headers: { "Content-Type": "text/html; charset=utf-8", ...all },
    body,
    isBase64Encoded: false,
  };
}
