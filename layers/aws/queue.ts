import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";

/** Handles each message of a batch by itself; those that fail are reported, and SQS delivers them again
 *  (ReportBatchItemFailures) until its limit sends them to the dead-letter queue. A body that is not what `schema` says
 *  fails too: there an operator sees it. `onFailure` hears of each failure. */
export async function processMessages<Message>(
  event: SQSEvent,
  schema: z.ZodType<Message>,
  handle: (message: Message, record: SQSRecord) => Promise<void>,
  onFailure: (error: unknown, record: SQSRecord) => void,
): Promise<SQSBatchResponse> {
  const failed = await Promise.all(
    event.Records.map(async (record) => {
      try {
        await handle(schema.parse(JSON.parse(record.body)), record);
        return [];
      } catch (error) {
        onFailure(error, record);
        return [{ itemIdentifier: record.messageId }];
      }
    }),
  );
  return { batchItemFailures: failed.flat() };
}
