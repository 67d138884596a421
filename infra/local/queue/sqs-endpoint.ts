import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { type LocalServer, listenLocally } from "../local-server.ts";
import { SqsError } from "./sqs-errors.ts";

const target = "AmazonSQS.";

/** Runs an operation of the SQS API; throws an SqsError for what the real service refuses. */
type RunOperation = (operation: string, body: unknown, ended: AbortSignal) => unknown;

/** Serves the SQS protocol (AWS JSON 1.0) on a port of 127.0.0.1, whatever path a queue's URL has. */
export function serveSqs(run: RunOperation): Promise<LocalServer> {
  return listenLocally(createServer((request, response) => void respond(run, request, response)));
}

async function respond(run: RunOperation, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ended = new AbortController();
  // A client that went away waits for no message; one that was received for it would be lost until it is visible again.
  response.once("close", () => ended.abort());
  const send = (status: number, body: unknown, headers: Record<string, string> = {}) => {
    const common = { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": randomUUID() };
    response.writeHead(status, { ...common, ...headers }).end(JSON.stringify(body));
  };
  try {
    const operation = String(request.headers["x-amz-target"]).replace(target, "");
    send(200, await run(operation, await json(request), ended.signal));
  } catch (error) {
    if (error instanceof SqsError) {
      const { code, message, queryCode } = error;
      send(400, { __type: `com.amazonaws.sqs#${code}`, message }, { "x-amzn-query-error": `${queryCode};Sender` });
    } else {
      send(500, { __type: "InternalFailure", message: String(error) });
    }
  }
}
