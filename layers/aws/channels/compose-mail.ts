import MailComposer from "nodemailer/lib/mail-composer";
import type { OutgoingMessage } from "#domain/ports/channel.ts";
import { isMailbox } from "./mailbox.ts";

/** What every adapter of e-mail reads from its definition's options. */
export interface Sender {
  readonly from: string;
  readonly fromName?: string | undefined;
  readonly replyTo?: string | undefined;
}

export interface ComposedMail {
  readonly to: string;
  readonly raw: Buffer;
}

/** Line breaks, and everything else that is no text of a header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Builds the MIME message of one touch, or says why it cannot. One recipient, as an object that is never parsed: text
 *  would be read as a list of addresses. Marketing carries one-click unsubscribing (RFC 8058). The Message-ID holds the
 *  touch's id, so that one touch is one message wherever it turns up. */
export async function composeMail(
  { address, message, category, unsubscribeUrl }: OutgoingMessage,
  { touchId, sender }: { readonly touchId: string; readonly sender: Sender },
): Promise<ComposedMail | { readonly code: "address_invalid" | "message_not_mail" }> {
  if (!isMailbox(address)) return { code: "address_invalid" };
  if (message.channel !== "email") return { code: "message_not_mail" };
  const { from, fromName, replyTo } = sender;
  const mail = new MailComposer({
    from: { name: plainLine(fromName ?? ""), address: from },
    to: { name: "", address },
    ...(replyTo !== undefined && { replyTo: { name: "", address: replyTo } }),
    subject: plainLine(message.subject),
    html: message.html,
    text: message.text,
    messageId: `<${touchId}@${from.slice(from.indexOf("@") + 1)}>`,
    headers: {
      ...Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, plainLine(value)])),
      ...(category === "marketing" && unsubscribeUrl !== undefined && unsubscribeHeaders(unsubscribeUrl)),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { to: address, raw: await mail.compile().build() };
}

function unsubscribeHeaders(url: string): Record<string, string> {
  return { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
}

/** A header's text on one line. */
function plainLine(text: string): string {
  return text.replaceAll(CONTROLS, " ").trim();
}
