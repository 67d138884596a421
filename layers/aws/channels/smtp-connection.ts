import { Readable } from "node:stream";
import SMTPConnection, { type SMTPConnectionOptions } from "nodemailer/lib/smtp-connection";
import type { ComposedMail } from "./compose-mail.ts";

export interface SmtpAuth {
  readonly user: string;
  readonly pass: string;
}

/** How far a message got when it failed, and what the server said. */
export interface SmtpFailure {
  /** True once the server has asked for the message: what it did with it is known by its reply only. */
  readonly offered: boolean;
  /** The server's reply code, 0 where there was none. */
  readonly reply: number;
  /** The enhanced status code (RFC 3463), such as 5.1.1. */
  readonly status?: string | undefined;
  /** nodemailer's own word: EAUTH, ETLS, ECONNECTION… */
  readonly error: string;
  readonly timedOut: boolean;
}

export type SmtpOutcome = { readonly kind: "accepted" } | ({ readonly kind: "failed" } & SmtpFailure);

const TIMED_OUT = Symbol("timed out");

/** One message over one connection of its own, at most `timeoutMs` for all of it. nodemailer's pool is not used: it sends
 *  a message again by itself when a connection breaks, also one that the server had taken. */
export async function sendOverSmtp(
  options: SMTPConnectionOptions,
  auth: SmtpAuth | undefined,
  { mail, from, timeoutMs }: { mail: ComposedMail; from: string; timeoutMs: number },
): Promise<SmtpOutcome> {
  const connection = new SMTPConnection({ ...options, connectionTimeout: timeoutMs, greetingTimeout: timeoutMs });
  let offered = false;
  // Read for the first time when the server has answered DATA: nothing has left before.
  const message = Readable.from(
    (function* () {
      offered = true;
      yield mail.raw;
    })(),
  );
  const broken = new Promise<never>((_, reject) => connection.once("error", reject));
  const timer = Promise.withResolvers<never>();
  const timeout = setTimeout(() => timer.reject(TIMED_OUT), timeoutMs);
  // Whichever of them loses the race is nobody's concern.
  for (const lost of [broken, timer.promise]) lost.catch(() => undefined);
  const envelope = { from, to: [mail.to], size: mail.raw.length };
  try {
    const whole = async () => {
      await called((done) => connection.connect((error) => done(error)));
      if (auth) await called((done) => connection.login({ credentials: { ...auth } }, (error) => done(error)));
      await called((done) => connection.send(envelope, message, (error) => done(error)));
    };
    await Promise.race([whole(), broken, timer.promise]);
    connection.quit();
    return { kind: "accepted" };
  } catch (error) {
    connection.close();
    return { kind: "failed", offered, ...failureOf(error) };
  } finally {
    clearTimeout(timeout);
    // What breaks from now on concerns nobody, and must not end the process.
    connection.on("error", () => undefined);
  }
}

function called(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => (error ? reject(error) : resolve()));
  });
}

function failureOf(error: unknown): Omit<SmtpFailure, "offered"> {
  if (error === TIMED_OUT || !(error instanceof Error)) return { reply: 0, error: "ETIMEDOUT", timedOut: true };
  const {
    code = "",
    responseCode = 0,
    response = "",
  } = error as Error & {
    code?: string;
    responseCode?: number;
    response?: string | false;
  };
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response || "")?.[1];
  return { reply: responseCode, status, error: code, timedOut: code === "ETIMEDOUT" };
}
