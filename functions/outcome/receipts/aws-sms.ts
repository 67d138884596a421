import { readAwsSms } from "#domain/outcomes/read-aws-sms.ts";
import { ReceiptRefusedError } from "#domain/outcomes/receipt.ts";
import type { Verifier } from "./verifiers.ts";
import { verifySns } from "./verify-sns.ts";

/** AWS End User Messaging by SNS over HTTPS: events of a configuration set, and replies of a two-way number. */
export const awsSms: Verifier = async (ports, { body }) => {
  const text = await verifySns(ports, body, { channel: "sms", adapter: "aws" });
  if (text === undefined || !text.startsWith("{")) return {};
  try {
    return readAwsSms(JSON.parse(text));
  } catch (cause) {
    throw new ReceiptRefusedError("aws_sms_event_unreadable", { cause });
  }
};
