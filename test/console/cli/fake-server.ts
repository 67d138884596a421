import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}
export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}
type Respond = (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>;

export interface FakeServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly FakeRequest[];
}

/** A server on a free port of this machine that answers as told and remembers what it was asked. A route that it was not
 *  told about answers 404, as the real one does. */
export async function startFakeServer(routes: Record<string, Respond>): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const server = createServer((message, response) => {
    void answer(message, response, routes, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  routes: Record<string, Respond>,
  requests: FakeRequest[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const url = new URL(message.url ?? "/", "http://fake");
  const request: FakeRequest = {
    method: message.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: message.headers,
    body: text === "" ? undefined : JSON.parse(text),
  };
  requests.push(request);
  const respond = routes[`${request.method} ${request.path}`];
  const {
    status = 200,
    headers = {},
    body,
  } = respond
    ? await respond(request)
    : { status: 404, body: { code: "route_unknown", message: "no such route", requestId: "r" } };
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
