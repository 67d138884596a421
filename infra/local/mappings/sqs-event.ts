import { md5, writeSystemAttributes } from "../queue/describe-message.ts";
import type { ReceivedMessage } from "../queue/message-queue.ts";
import { region } from "../template/physical-ids.ts";

/** The event that Lambda makes of a batch of messages (developer guide, "Example standard queue message event"). */
export function makeSqsEvent(batch: readonly ReceivedMessage[], queueArn: string) {
  return {
    Records: batch.map((message) => ({
      messageId: message.id,
      receiptHandle: message.receipt,
      body: message.body,
      attributes: writeSystemAttributes(message),
      messageAttributes: {},
      md5OfBody: md5(message.body),
      eventSource: "aws:sqs",
      eventSourceARN: queueArn,
      awsRegion: region,
    })),
  };
}

/** Lambda takes an event of 6 MB: bodies, which escaping may double, and what stands around them. */
export const maximumBodyBytes = 2_800_000;
