import { checkSnsOrigin, checkSnsSignature, confirmationUrl, readSnsMessage } from "#domain/outcomes/sns-message.ts";
import type { VerifierPorts } from "./verifiers.ts";

/** Checks what SNS posts: topics are those that a channel of the adapter names in its option `snsTopics`. A subscription
 *  to one of them is confirmed, so that subscribing the URL is all an operator does. Gives the text of a notification;
 *  undefined for what is about the subscription itself. Throws ReceiptRefusedError. */
export async function verifySns(
  ports: VerifierPorts,
  body: Uint8Array,
  { channel, adapter }: { readonly channel: string; readonly adapter: string },
): Promise<string | undefined> {
  const message = readSnsMessage(body);
  const { channels } = await ports.definitions.get();
  const ours = channels.filter((one) => one.channel === channel && one.adapter === adapter);
  const named = ours.map(({ options }) => options?.snsTopics);
  const topics = new Set(named.flatMap((list) => (typeof list === "string" ? list.split(/[\s,]+/) : [])));
  checkSnsOrigin(message, topics, ports.now());
  checkSnsSignature(message, await ports.certificates.fetchCertificate(message.SigningCertURL));
  if (message.Type === "Notification") return message.Message;
  if (message.Type === "SubscriptionConfirmation") await ports.certificates.confirm(confirmationUrl(message));
  return undefined;
}
