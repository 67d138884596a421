import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type LocalServer, listenLocally } from "../local-server.ts";
import { addForwardedHeaders } from "./forwarded-headers.ts";
import { maximumBodyBytes, tooLarge } from "./gateway.ts";
import { answerMessage, type GatewayRequest, type GatewayResponse } from "./request.ts";

type Answer = (request: GatewayRequest) => Promise<GatewayResponse>;

/** The runtime's own port. Until `open` is called it answers 503, so that a taken port is noticed before all else. */
export class FrontServer {
  readonly #server = createServer((request, response) => {
    void this.#respond(request, response);
  });
  readonly #now: () => number;
  #answer: Answer = () => Promise.resolve(answerMessage(503, "Starting"));

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Rejects with EADDRINUSE where another process has the port. */
  listen(port: number): Promise<LocalServer> {
    // Devices keep connections open between their batches.
    this.#server.keepAliveTimeout = 65_000;
    return listenLocally(this.#server, port);
  }

  open(answer: Answer): void {
    this.#answer = answer;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: GatewayResponse;
    try {
      const body = await readBody(request);
      answer = body ? await this.#answer(this.#describe(request, body)) : tooLarge();
    } catch (error) {
      if (request.destroyed && !request.complete) return;
      console.error(error);
      answer = answerMessage(500, "Internal Server Error");
    }
    const bodiless = answer.status === 204 || answer.status === 304;
    response.writeHead(answer.status, {
      ...(answer.headers as Record<string, string | string[]>),
      ...(!bodiless && { "content-length": answer.body.length }),
    });
    response.end(request.method === "HEAD" ? undefined : answer.body);
  }

  #describe(request: IncomingMessage, body: Buffer): GatewayRequest {
    const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s, 2);
    return {
      method: request.method ?? "GET",
      path,
      query,
      ...addForwardedHeaders(request),
      body,
      sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
      requestId: randomUUID(),
      receivedAt: this.#now(),
    };
  }
}

/** Undefined where it is over the gateways' limit; the rest is read and thrown away, so that the client gets its answer. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maximumBodyBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes > maximumBodyBytes ? undefined : Buffer.concat(chunks);
}
