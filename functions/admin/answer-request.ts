import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import * as z from "zod";
import { AdminError } from "./admin-error.ts";
import { authenticate, authorise } from "./auth.ts";
import { answerDocuments } from "./documents.ts";
import type { AdminPorts } from "./ports.ts";
import { readJson } from "./read-json.ts";
import { type HttpRequest, readRequest } from "./read-request.ts";
import type { Answer, Route } from "./route.ts";
import { makeRouter } from "./router.ts";
import { routes } from "./routes.ts";

const MAX_BODY_BYTES = 1024 * 1024;

const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

export type GatewayResult = APIGatewayProxyStructuredResultV2 & {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
};

/** Answers a request of either gateway: who asks, which route, what was sent, the answer or a helpful refusal. Nothing
 *  that a caller sends makes it throw. */
export function makeAdminHandler(
  ports: AdminPorts,
): (event: APIGatewayProxyEvent | APIGatewayProxyEventV2) => Promise<GatewayResult> {
  const findRoute = makeRouter(routes);

  async function answer(request: HttpRequest): Promise<Answer> {
    const document = answerDocuments(request);
    if (document) return document;
    const actor = await authenticate(request.headers, ports);
    const { route, params } = findRoute(request.method, request.path);
    authorise(actor, route.role);
    const input = parseInput(route, params, request);
    return route.handle(
      { ...input, headers: request.headers, actor, requestId: request.requestId, now: ports.now() },
      ports,
    );
  }

  return async (event) => {
    const request = readRequest(event);
    const { requestId } = request;
    try {
      return write(await answer(request), requestId);
    } catch (error) {
      if (error instanceof AdminError) return write(refusal(error, requestId), requestId);
      ports.logError("administration failed", error, { requestId, method: request.method });
      return write(failure(error, requestId), requestId);
    }
  };
}

function parseInput(route: Route, params: Record<string, string>, request: HttpRequest) {
  if (request.body.length > MAX_BODY_BYTES) {
    throw new AdminError(413, "payload_too_large", `a body may have ${MAX_BODY_BYTES} bytes`, {
      details: { bytes: request.body.length },
    });
  }
  const sent = {
    path: params,
    query: request.query,
    body: route.body && !(route.bodyOptional && request.body.length === 0) ? readJson(request.body) : undefined,
  };
  const schema = z.object({
    path: route.params ?? z.unknown(),
    // Strict: a misspelt filter that is silently ignored gives wrong answers.
    query: route.query ? route.query.strict() : z.strictObject({}),
    body: route.body ? (route.bodyOptional ? route.body.optional() : route.body) : z.unknown(),
  });
  const parsed = schema.safeParse(sent);
  if (parsed.success) return { params: parsed.data.path, query: parsed.data.query, body: parsed.data.body };
  const faults = parsed.error.issues.map(({ path, code, message }) => ({ path: path.join("."), code, message }));
  const [first] = faults;
  throw new AdminError(400, "request_invalid", first ? `${first.path}: ${first.message}` : "not understood", {
    details: { faults },
  });
}

function refusal({ status, code, message, details, headers }: AdminError, requestId: string): Answer {
  return { status, headers, body: { code, message, ...(details !== undefined && { details }), requestId } };
}

/** What went wrong on our side is told by code alone: messages of ours may hold what a caller should not see. */
function failure(error: unknown, requestId: string): Answer {
  const retriable = error instanceof Error && "retriable" in error && error.retriable === true;
  const code = error instanceof Error && "code" in error && isCode(error.code) ? error.code : "internal";
  return {
    status: retriable ? 503 : 500,
    headers: retriable ? { "retry-after": "1" } : {},
    body: { code, message: "something failed on our side; the request id finds it in the log", requestId },
  };
}

/** Codes of ours are small letters; Node's (`ECONNREFUSED`) tell of what is behind us. */
function isCode(code: unknown): code is string {
  return typeof code === "string" && /^[a-z_]+$/.test(code);
}

function write({ status, body, headers }: Answer, requestId: string): GatewayResult {
  const isText = typeof body === "string";
  return {
    statusCode: status,
    headers: {
      ...SECURITY_HEADERS,
      "content-type": isText ? "text/html; charset=utf-8" : "application/json; charset=utf-8",
      "x-request-id": requestId,
      ...headers,
    },
    body: isText ? body : JSON.stringify(body),
  };
}
