import { connect, createServer, type Socket } from "node:net";
import { type LocalServer, listenLocally } from "../local-server.ts";
import type { SentMail } from "./sent-mail.ts";
import { type Emulator, startEmulator } from "./thread-host.ts";

interface MailboxOptions {
  readonly folder: string;
  readonly clock: SharedArrayBuffer;
  onSent(mail: SentMail): void;
}

/**
 * Serves SES v2 and its mailbox. The emulator behind it starts with the first connection: most runs send no mail, and it takes
 * half a second of a processor.
 */
export async function serveMailbox({ folder, clock, onSent }: MailboxOptions): Promise<LocalServer> {
  let emulator: Promise<Emulator> | undefined;
  const start = () =>
    startEmulator(new URL("./mailbox-thread.ts", import.meta.url), { folder, clock }, (message) => {
      if ("sent" in message) onSent(message.sent as SentMail);
    });
  const server = createServer((socket) => {
    emulator ??= start();
    emulator.then(
      ({ url }) => join(socket, connect(Number(new URL(url).port), "127.0.0.1")),
      (error: Error) => socket.destroy(error),
    );
  });
  const { url, port, close } = await listenLocally(server);
  return {
    url,
    port,
    async close() {
      await close();
      await emulator?.then((started) => started.stop()).catch(() => undefined);
    },
  };
}

function join(socket: Socket, upstream: Socket): void {
  socket.pipe(upstream).pipe(socket);
  for (const [end, other] of [
    [socket, upstream],
    [upstream, socket],
  ] as const) {
    end.on("error", () => other.destroy());
    end.on("close", () => other.destroy());
  }
}
