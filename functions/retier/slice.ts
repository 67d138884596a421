import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { processMessages } from "#aws/queue.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import { makeRetierContext } from "./context.ts";
import { SliceMessage } from "./slice-message.ts";

const { ports, telemetry } = makeRetierContext("retier");

/** One slice of a re-tiering run → profiles, FactStream, Metrics, Tags. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const worker = { owner: newTimeOrderedId(), remainingMs: () => context.getRemainingTimeInMillis() };
  try {
    return await processMessages(
      event,
      SliceMessage,
      (message) => workSlice(ports, message, worker),
      (error, { messageId }) => telemetry.log.warn("message_failed", { messageId, error: error as Error }),
    );
  } finally {
    telemetry.flush();
  }
}
