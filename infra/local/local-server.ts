import type { AddressInfo, Server, Socket } from "node:net";

/** A server on a port of 127.0.0.1. */
export interface LocalServer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1 and nowhere else. Port 0 takes a free one. Rejects with the system's error (EADDRINUSE…). */
export async function listenLocally(server: Server, port = 0): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Kept-alive connections would hold the process for minutes.
        for (const socket of sockets) socket.destroy();
      }),
  };
}
