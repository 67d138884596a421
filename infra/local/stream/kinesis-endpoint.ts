import type { EventEmitter } from "node:events";
import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { type LocalServer, listenLocally } from "../local-server.ts";
import { KinesisError } from "./kinesis-errors.ts";

const target = "Kinesis_20131202.";
/** How an HTTP/2 client without TLS opens a connection (RFC 9113, 3.4). No HTTP/1 method begins so. */
const http2Preface = "PRI";

/**
 * Serves the Kinesis protocol (JSON 1.1) on a port of 127.0.0.1. The JavaScript SDK speaks HTTP/2 to Kinesis and other
 * clients HTTP/1.1; Node's plain servers know one of them each, so the first bytes decide who gets the connection.
 */
export async function serveKinesis(run: (operation: string, body: unknown) => unknown): Promise<LocalServer> {
  const answer = (request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse) => {
    void respond(run, request, response);
  };
  const http1 = createHttp1Server(answer);
  const http2 = createHttp2Server(answer);
  const front = createServer((socket: Socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("readable", () => {
      const first = socket.read() as Buffer | null;
      if (first === null) return;
      socket.unshift(first);
      const server = (first.toString("latin1", 0, 3) === http2Preface ? http2 : http1) as EventEmitter;
      server.emit("connection", socket);
    });
  });
  return await listenLocally(front);
}

async function respond(
  run: (operation: string, body: unknown) => unknown,
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): Promise<void> {
  const send = (status: number, body: unknown) => {
    response.statusCode = status;
    response.setHeader("content-type", "application/x-amz-json-1.1");
    response.end(body === undefined ? "" : JSON.stringify(body));
  };
  try {
    const operation = String(request.headers["x-amz-target"]).replace(target, "");
    const body = await buffer(request);
    send(200, run(operation, body.length > 0 ? JSON.parse(body.toString()) : {}));
  } catch (error) {
    if (error instanceof KinesisError) send(400, { __type: error.code, message: error.message });
    else send(500, { __type: "InternalFailureException", message: String(error) });
  }
}
