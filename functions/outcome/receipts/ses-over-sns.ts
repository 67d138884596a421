import { readSesEvent } from "#domain/outcomes/read-ses-event.ts";
import { type Receipt, ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import type { Verifier } from "./verifiers.ts";
import { verifySns } from "./verify-sns.ts";

/** SES by SNS over HTTPS. */
export const sesOverSns: Verifier = async (ports, { body }) => {
  const text = await verifySns(ports, body, { channel: "email", adapter: "ses" });
  return { receipts: text === undefined ? [] : readNotification(text) };
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
