import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** What both kinds of gateway hand over, in one shape. */
export interface HttpRequest {
  readonly method: string;
  /** Without the stage, percent-encoding as it came. */
  readonly path: string;
  /** Host and stage as the client wrote them: `api.example.com`, `abc.execute-api.us-east-1.amazonaws.com/prod`. */
  readonly base: string;
  readonly isHttps: boolean;
  readonly query: URLSearchParams;
  /** The value of a header, by any case of its name. */
  readonly header: (name: string) => string | undefined;
  /** As sent, unless the gateway had already read it as text. */
  readonly body: Uint8Array;
  readonly ip: string | undefined;
  /** The gateway's own id of the request, which its access log has too. */
  readonly requestId: string;
}

/** Reads a REST API's event (payload 1.0) or an HTTP API's (2.0). */
export function readHttpRequest(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): HttpRequest {
  const headers = lowerCaseNames(event.headers ?? {});
  const shared = {
    header: (name: string) => headers.get(name.toLowerCase()),
    isHttps: headers.get("x-forwarded-proto") !== "http",
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    requestId: event.requestContext.requestId,
  };
  const host = headers.get("host");
  if (isVersion2(event)) {
    const { http, stage, domainName } = event.requestContext;
    const prefix = stage === "$default" || !event.rawPath.startsWith(`/${stage}/`) ? "" : `/${stage}`;
    return {
      ...shared,
      method: http.method,
      path: event.rawPath.slice(prefix.length),
      base: `${host ?? domainName}${prefix}`,
      query: new URLSearchParams(event.rawQueryString),
      ip: http.sourceIp,
    };
  }
  const { path: fullPath, domainName, identity } = event.requestContext;
  // A custom domain may hide the stage; where the client did write it, the full path shows it.
  const prefix = fullPath.endsWith(event.path) ? fullPath.slice(0, fullPath.length - event.path.length) : "";
  return {
    ...shared,
    method: event.httpMethod,
    path: event.path,
    base: `${host ?? domainName ?? ""}${prefix}`,
    query: readQuery(event),
    ip: identity.sourceIp,
  };
}

function isVersion2(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): event is APIGatewayProxyEventV2 {
  return "version" in event && event.version === "2.0";
}

function readQuery({ multiValueQueryStringParameters, queryStringParameters }: APIGatewayProxyEvent): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  for (const [name, value] of Object.entries(queryStringParameters ?? {})) {
    if (value !== undefined && !query.has(name)) query.append(name, value);
  }
  return query;
}

function lowerCaseNames(headers: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const lower = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) lower.set(name.toLowerCase(), value);
  return lower;
}
