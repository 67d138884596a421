import type { IncomingHttpHeaders } from "node:http";

/** An HTTP request as it came, body read. */
export interface GatewayRequest {
  readonly method: string;
  /** Path as sent, percent-encoded. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  /** Names in lower case, several values of a name joined as Node joins them. */
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value… as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  /** Epoch milliseconds on the steered clock. */
  readonly receivedAt: number;
}

/** What goes back to the client. A name may have several values. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** A gateway's own answer. */
export function answerMessage(status: number, message: string): GatewayResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify({ message })),
  };
}
