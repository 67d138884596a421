import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { composeMail } from "./compose-mail.ts";
import { Mailbox } from "./mailbox.ts";
import { readOptions, readSecret } from "./read-options.ts";
import { type SmtpFailure, sendOverSmtp } from "./smtp-connection.ts";

const Options = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535).default(587),
  /** `starttls` (refused where the server has none), `implicit` (port 465), or `none` for a mailbox on this machine. */
  tls: z.enum(["starttls", "implicit", "none"]).default("starttls"),
  /** The name that the server's certificate is for, where that is not its host. */
  servername: z.string().max(253).optional(),
  from: Mailbox,
  fromName: z.string().max(100).optional(),
  replyTo: Mailbox.optional(),
});

const Credentials = z.object({ user: z.string().min(1), pass: z.string().min(1) });

/** Addresses that do not exist, have moved away or take nothing any more (RFC 3463, 3.2 and 3.3). */
const DEAD_ADDRESS = new Set(["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"]);

/** E-mail over any SMTP server. The secret is `{ "user", "pass" }`; without one nobody logs in. */
export function makeSmtpChannel(
  definition: ChannelDefinition,
  of: { readonly secret?: (() => Promise<string | undefined>) | undefined; readonly certificate?: string },
): Channel {
  const { host, port, tls, servername, ...sender } = readOptions(definition, Options);
  const connection = {
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    ...(servername !== undefined && { servername }),
    tls: { minVersion: "TLSv1.2" as const, ...(of.certificate !== undefined && { ca: of.certificate }) },
  };
  return {
    name: definition.name,
    adapter: "smtp",
    idempotent: false,
    async send(message, { touchId, timeoutMs }) {
      const mail = await composeMail(message, { touchId, sender });
      if ("code" in mail) return { kind: "failed", code: mail.code };
      const auth = of.secret && (await readSecret(definition.name, of.secret, Credentials));
      const outcome = await sendOverSmtp(connection, auth, { mail, from: sender.from, timeoutMs });
      return outcome.kind === "accepted" ? { kind: "sent", providerId: touchId } : resultOf(outcome);
    },
  };
}

function resultOf({ offered, reply, status, error, timedOut }: SmtpFailure): SendResult {
  if (error === "EAUTH") return { kind: "retry", afterMs: 0, code: "unauthorised" };
  if (error === "ETLS") return { kind: "retry", afterMs: 0, code: "tls_failed" };
  if (reply >= 500) {
    const suppress = status !== undefined && DEAD_ADDRESS.has(status);
    return { kind: "failed", code: codeOf("smtp", reply, status), ...(suppress && { suppress }) };
  }
  if (reply >= 400) {
    // 421: the service is going away; everything else is said of this mailbox or message.
    const healthy = reply !== 421;
    return { kind: "retry", afterMs: 0, code: codeOf("smtp", reply, status), ...(healthy && { healthy }) };
  }
  const code = timedOut ? "timed_out" : "connection_lost";
  // Without a reply to what it was offered the server may have taken the message.
  return offered ? { kind: "unknown", code } : { kind: "retry", afterMs: 0, code };
}

function codeOf(prefix: string, reply: number, status: string | undefined): string {
  return status === undefined ? `${prefix}_${reply}` : `${prefix}_${reply}_${status}`;
}
