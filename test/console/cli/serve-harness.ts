import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { makeAdminHarness } from "../../support/admin-harness.ts";

/** Serves the real administration handler, over ports in memory, on a free port of this machine. */
export async function serveHarness(
  harness: Pick<ReturnType<typeof makeAdminHarness>, "call">,
): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((message, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const { status, headers, text } = await harness.call(message.method ?? "", message.url ?? "", {
        ...(body.length > 0 && { body }),
        headers: { "content-type": "application/json" },
      });
      response.writeHead(status, headers).end(text);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
