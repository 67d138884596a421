import type { Gateway } from "./gateway.ts";
import { answerMessage, type GatewayRequest } from "./request.ts";
import { formatRequestTime } from "./request-time.ts";
import type { RouteMatch } from "./route-table.ts";

const account = "000000000000";

/** The types that an HTTP API hands over as text. Everything else, a missing type too, is base64. */
const textTypes = /^(text\/.*|application\/(json|xml|javascript))$/i;

/** API Gateway HTTP API with payload format 2.0. */
export const httpApi: Gateway = {
  // An HTTP API decodes the path before it looks for the route, and whatever follows a decoded "?" is lost.
  matchedPath(path) {
    return decodeURIComponent(path).split("?", 1)[0] ?? "/";
  },

  makeEvent(request: GatewayRequest, { route, parameters }: RouteMatch) {
    const rawPath = this.matchedPath(request.path);
    const routeKey = `${route.method} ${route.path}`;
    const { cookie, ...headers } = request.headers;
    const query = [...new URLSearchParams(request.query)];
    const body = readBody(request);
    return {
      version: "2.0",
      routeKey,
      rawPath,
      rawQueryString: request.query,
      ...(cookie !== undefined && { cookies: cookie.split("; ") }),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      ...(query.length > 0 && { queryStringParameters: joinValues(query) }),
      ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
      requestContext: {
        accountId: account,
        apiId: route.apiId,
        domainName: request.headers.host ?? "localhost",
        domainPrefix: route.apiId,
        http: {
          method: request.method,
          path: rawPath,
          protocol: "HTTP/1.1",
          sourceIp: request.sourceIp,
          userAgent: request.headers["user-agent"] ?? "",
        },
        requestId: request.requestId,
        routeKey,
        stage: route.stage,
        time: formatRequestTime(request.receivedAt),
        timeEpoch: request.receivedAt,
      },
      ...body,
    };
  },

  defaultContentType: "text/plain; charset=utf-8",
  /** An integration of an HTTP API ends after 30 s at the latest. */
  timeoutMs: 30_000,
  noRoute: () => answerMessage(404, "Not Found"),
  badPath: () => answerMessage(400, "Bad Request"),
  functionFailed: () => answerMessage(500, "Internal Server Error"),
  timedOut: () => answerMessage(503, "Service Unavailable"),
};

function readBody({ body, headers }: GatewayRequest) {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (headers["content-type"] ?? "").split(";", 1)[0]?.trim() ?? "";
  // As UTF-8, whatever the bytes are: each byte that is no UTF-8 becomes U+FFFD, so gzip under a JSON label is lost.
  if (textTypes.test(type)) return { body: body.toString("utf8"), isBase64Encoded: false };
  return { body: body.toString("base64"), isBase64Encoded: true };
}

function joinValues(pairs: readonly [string, string][]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of pairs) {
    const before = Object.hasOwn(joined, name) ? `${joined[name]},` : "";
    Object.defineProperty(joined, name, {
      value: before + value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return joined;
}
