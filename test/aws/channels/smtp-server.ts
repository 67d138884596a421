import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** What a server answers to each command; `null` is silence. */
export type SmtpScript = Partial<
  Record<"greeting" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "message", string | null>
>;

const USUAL: Record<keyof SmtpScript, string> = {
  greeting: "220 ready",
  EHLO: "250-localhost\r\n250 AUTH PLAIN",
  AUTH: "235 welcome",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  message: "250 2.0.0 queued",
};

/** A mail server on this machine that follows a script. */
export async function startSmtp(script: SmtpScript = {}) {
  const commands: string[] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = "";
    let inMessage = false;
    const say = (step: keyof typeof USUAL) => {
      const line = step in script ? script[step] : USUAL[step];
      if (line === "close") socket.destroy();
      else if (line !== null && line !== undefined) socket.write(`${line}\r\n`);
    };
    const hear = (line: string) => {
      const verb = line.split(" ", 1)[0]?.toUpperCase() ?? "";
      commands.push(line);
      if (verb === "QUIT") socket.end("221 bye\r\n");
      else if (verb in USUAL) say(verb as keyof typeof USUAL);
      else socket.write("502 what\r\n");
      if (verb === "DATA" && (script.DATA ?? USUAL.DATA).startsWith("354")) inMessage = true;
    };
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("utf8");
      for (;;) {
        const end = text.indexOf(inMessage ? "\r\n.\r\n" : "\r\n");
        if (end === -1) return;
        const part = text.slice(0, end);
        text = text.slice(end + (inMessage ? 5 : 2));
        if (!inMessage) hear(part);
        else {
          inMessage = false;
          messages.push(part);
          say("message");
        }
      }
    });
    say("greeting");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    commands,
    messages,
    port: (server.address() as AddressInfo).port,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
