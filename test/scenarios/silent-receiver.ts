import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver of webhooks on this machine which takes every call and answers none, until it recovers. */
export async function startSilentReceiver() {
  const silent = new Set<ServerResponse>();
  const called: string[] = [];
  const answered: { readonly id: string; readonly at: number }[] = [];
  let isAlive = false;
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    called.push(id);
    request.resume();
    if (!isAlive) {
      silent.add(response);
      return;
    }
    request.on("end", () => {
      answered.push({ id, at: Number(request.headers["webhook-timestamp"]) });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    /** Ids of the messages of all calls. */
    called,
    /** Calls that were answered: the message's id, and the second at which its sender signed it. */
    answered,
    recover: () => {
      isAlive = true;
    },
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
