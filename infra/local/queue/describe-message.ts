import { createHash } from "node:crypto";
import { accountId } from "../template/physical-ids.ts";
import type { ReceivedMessage } from "./message-queue.ts";

/** What SQS says of a message beside its body, as its API and an event of it write it. */
export function writeSystemAttributes({ receives, sentAt, firstReceivedAt }: ReceivedMessage) {
  return {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(sentAt),
    SenderId: accountId,
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
  };
}

/** The MD5 of a body, as SQS gives it for a client to compare. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
