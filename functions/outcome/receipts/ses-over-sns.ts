import { readSesEvent } from "#domain/outcomes/read-ses-event.ts";
import { type Receipt, ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import { checkSnsOrigin, checkSnsSignature, confirmationUrl, readSnsMessage } from "#domain/outcomes/sns-message.ts";
import type { Verifier } from "./verifiers.ts";

/** SES by SNS over HTTPS: topics are those that a channel of SES names in its option `snsTopics`. A subscription to one of
 *  them is confirmed, so that subscribing the URL is all an operator does. */
export const sesOverSns: Verifier = async (ports, { body }) => {
  const message = readSnsMessage(body);
  const { channels } = await ports.definitions.get();
  const named = channels.filter(({ adapter }) => adapter === "ses").map(({ options }) => options?.snsTopics);
  const topics = new Set(named.flatMap((list) => (typeof list === "string" ? list.split(/[\s,]+/) : [])));
  checkSnsOrigin(message, topics, ports.now());
  checkSnsSignature(message, await ports.certificates.fetchCertificate(message.SigningCertURL));
  switch (message.Type) {
    case "Notification":
      return readNotification(message.Message);
    case "SubscriptionConfirmation":
      await ports.certificates.confirm(confirmationUrl(message));
      return [];
    case "UnsubscribeConfirmation":
      return [];
    default:
      return message.Type satisfies never;
  }
};

/** SES sends a line of text when it is set up: what is no event tells nothing. */
function readNotification(text: string): Receipt[] {
  if (!text.startsWith("{")) return [];
  try {
    const receipt = readSesEvent(JSON.parse(text));
    return receipt ? [receipt] : [];
  } catch (cause) {
    throw new ReceiptRefusedError("ses_event_unreadable", { cause });
  }
}
