import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What a provider's server was asked. */
export interface LoopbackRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LoopbackAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is; everything else as JSON. */
  readonly body: unknown;
}

/** `hang`: no answer, until the caller gives up. `drop`: the connection breaks once the request has been read. */
export type Reaction = LoopbackAnswer | "hang" | "drop";

/** A provider on this machine that keeps what it was asked, and answers as it is told. Closed with its test. */
export async function openLoopbackApi(react: (request: LoopbackRequest) => Reaction | Promise<Reaction>) {
  const requests: LoopbackRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    const respond = async () => {
      const url = new URL(incoming.url ?? "/", "http://loopback");
      const request = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      requests.push(request);
      const reaction = await react(request);
      if (reaction === "hang") return;
      if (reaction === "drop") {
        incoming.socket.destroy();
        return;
      }
      const { status = 200, headers = {}, body } = reaction;
      outgoing.writeHead(status, { "Content-Type": "application/json", ...headers });
      outgoing.end(typeof body === "string" ? body : JSON.stringify(body));
    };
    incoming.on("end", () => void respond());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, host, url: `http://${host}`, allowedHosts: new Set([host]) };
}
