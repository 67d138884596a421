import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as z from "zod";

const Body = z.object({ n: z.int() });

/** A receiver of webhooks on this machine that notes when each message came: the number in its body, to milliseconds of
 *  `performance.now()`. Whoever comes twice counts by the first time. */
export async function startClockedReceiver() {
  const cameAt = new Map<number, number>();
  let calls = 0;
  const note = async (request: IncomingMessage) => {
    const at = performance.now();
    const { n } = Body.parse(JSON.parse(await text(request)));
    calls++;
    if (!cameAt.has(n)) cameAt.set(n, at);
  };
  const server = createServer((request, response) => {
    note(request).then(
      () => response.writeHead(200).end(),
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cameAt,
    countCalls: () => calls,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
