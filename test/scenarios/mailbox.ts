import * as z from "zod";
import type { LocalStack } from "../support/local-stack.ts";

const Mail = z.object({
  messageId: z.string(),
  destination: z.object({ to: z.array(z.string()) }),
  subject: z.string(),
  body: z.object({ html: z.string().optional(), text: z.string().optional() }),
  headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
});
export type Mail = z.infer<typeof Mail>;

/** The mails that an address got, over SES as the runtime imitates it. */
export async function readMails(stack: LocalStack, address: string): Promise<Mail[]> {
  const response = await fetch(new URL("/store", stack.mailboxUrl));
  const { emails } = z.object({ emails: z.array(Mail) }).parse(await response.json());
  return emails.filter(({ destination }) => destination.to.some((to) => to.includes(address)));
}

/** The value of a header, whatever the case of its name. */
export function headerOf({ headers }: Mail, name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}

/** Every URL that a reader or a program could follow: links and pictures of the page, those of the text part and of
 *  List-Unsubscribe. */
export function linksOf(mail: Mail): string[] {
  const { html = "", text = "" } = mail.body;
  const attributes = html.matchAll(/\b(?:href|src)="([^"]+)"/g);
  const inText = text.matchAll(/https?:\/\/[^\s<>()[\]]+/g);
  const found = [
    ...Array.from(attributes, ([, url = ""]) => url.replaceAll("&amp;", "&")),
    ...Array.from(inText, ([url]) => url),
    unsubscribeUrlOf(mail),
  ];
  return [...new Set(found)];
}

/** The URL of List-Unsubscribe (RFC 2369); throws where the mail has none over HTTP. */
export function unsubscribeUrlOf(mail: Mail): string {
  const [, url] = /<(https?:\/\/[^>]+)>/.exec(headerOf(mail, "List-Unsubscribe") ?? "") ?? [];
  if (url === undefined) throw new Error("the mail has no List-Unsubscribe");
  return url;
}
