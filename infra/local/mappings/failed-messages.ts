import * as z from "zod";
import type { ReceivedMessage } from "../queue/message-queue.ts";

const Response = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/**
 * The messages of a batch that have to come again, by the response of a function that reports item failures. A response
 * that Lambda cannot read, or an identifier that is not in the batch, fails all of it (developer guide, "Reporting batch
 * item failures for Amazon SQS").
 */
export function findFailedMessages(payload: string, batch: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
  const value: unknown = JSON.parse(payload);
  if (value === null || value === "") return [];
  const parsed = Response.safeParse(value);
  if (!parsed.success) return batch;
  const reported = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const failed = batch.filter(({ id }) => reported.has(id));
  return failed.length === reported.size ? failed : batch;
}
