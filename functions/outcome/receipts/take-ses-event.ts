import { readSesEvent } from "#domain/outcomes/read-ses-event.ts";
import type { ReceiptPorts } from "../ports.ts";
import { takeReceipts } from "./take-receipts.ts";

/** Takes an event of SES as EventBridge hands it over; who may put one there is for IAM to say. Throws ZodError where it
 *  is none, and what the ports throw: then Lambda tries again. */
export async function takeSesEvent(ports: ReceiptPorts, event: { readonly detail: unknown }): Promise<void> {
  const receipt = readSesEvent(event.detail);
  if (receipt) await takeReceipts(ports, "email", [receipt]);
}
