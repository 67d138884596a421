import type { Gateway } from "./gateway.ts";
import { answerMessage, type GatewayRequest } from "./request.ts";
import { formatRequestTime } from "./request-time.ts";
import type { RouteMatch } from "./route-table.ts";

const account = "000000000000";

/** API Gateway REST API with Lambda proxy integration and binary media types `*`/`*`: every body is base64. */
export const restApi: Gateway = {
  // A REST API leaves the path as it was sent; only the parameters are decoded.
  matchedPath: (path) => path,

  makeEvent(request: GatewayRequest, { route, parameters }: RouteMatch) {
    const headers = groupValues(pairUp(request.rawHeaders));
    const query = groupValues([...new URLSearchParams(request.query)]);
    const pathParameters = Object.entries(parameters).map(([name, value]) => [name, decodeURIComponent(value)]);
    return {
      resource: route.path,
      path: request.path,
      httpMethod: request.method,
      headers: lastValues(headers),
      multiValueHeaders: headers,
      queryStringParameters: lastValues(query),
      multiValueQueryStringParameters: query,
      pathParameters: pathParameters.length > 0 ? Object.fromEntries(pathParameters) : null,
      stageVariables: null,
      requestContext: {
        accountId: account,
        apiId: route.apiId,
        resourcePath: route.path,
        httpMethod: request.method,
        path: `/${route.stage}${request.path}`,
        protocol: "HTTP/1.1",
        stage: route.stage,
        requestId: request.requestId,
        requestTime: formatRequestTime(request.receivedAt),
        requestTimeEpoch: request.receivedAt,
        domainName: request.headers.host ?? "localhost",
        identity: { sourceIp: request.sourceIp, userAgent: request.headers["user-agent"] ?? null },
      },
      body: request.body.length > 0 ? request.body.toString("base64") : null,
      isBase64Encoded: request.body.length > 0,
    };
  },

  defaultContentType: "application/json",
  timeoutMs: 29_000,
  noRoute: () => answerMessage(403, "Missing Authentication Token"),
  badPath: () => answerMessage(400, "Bad Request"),
  functionFailed: () => answerMessage(502, "Internal server error"),
  timedOut: () => answerMessage(504, "Endpoint request timed out"),
};

function pairUp(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[index * 2] ?? "", raw[index * 2 + 1] ?? ""]);
}

/** Null where there is nothing, as in the events of a REST API. */
function groupValues(pairs: readonly [string, string][]): Record<string, string[]> | null {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return groups.size > 0 ? Object.fromEntries(groups) : null;
}

function lastValues(groups: Record<string, string[]> | null): Record<string, string | undefined> | null {
  return groups && Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1)]));
}
