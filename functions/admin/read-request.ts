import type { APIGatewayProxyEvent, APIGatewayProxyEventV2 } from "aws-lambda";

/** A request, whichever gateway brought it. */
export interface HttpRequest {
  readonly method: string;
  /** Percent-encoded as far as the gateway left it so. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly requestId: string;
}

/** Reads an HTTP API event (payload 2.0) or a REST API event (payload 1.0). */
export function readRequest(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): HttpRequest {
  const isV2 = "rawPath" in event;
  return {
    method: isV2 ? event.requestContext.http.method : event.httpMethod,
    path: isV2 ? event.rawPath : event.path,
    query: isV2 ? Object.fromEntries(new URLSearchParams(event.rawQueryString)) : defined(event.queryStringParameters),
    headers: lowerCased(defined(event.headers)),
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    requestId: event.requestContext.requestId,
  };
}

function defined(record: Record<string, string | undefined> | null): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
