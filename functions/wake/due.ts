import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { processMessages } from "#aws/queue.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { makeWakeContext } from "./context.ts";
import { DueMessage } from "./due-message.ts";
import { workShard } from "./work-shard.ts";

const { ports, telemetry } = makeWakeContext("wake-due");

/** One shard of those who fell due together → profiles and FactStream. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  try {
    return await processMessages(
      event,
      DueMessage,
      (message) => workShard(ports, message, newTimeOrderedId()),
      (error, { messageId }) => telemetry.log.warn("message_failed", { messageId, error: error as Error }),
    );
  } finally {
    telemetry.flush();
  }
}
