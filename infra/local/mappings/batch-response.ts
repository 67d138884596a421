import * as z from "zod";
import type { StreamRecord } from "../stream/shard-reader.ts";

const BatchResponse = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish(),
});

/**
 * The index from which on a batch has to be delivered again, its length where all of it succeeded.
 * Lambda goes by the lowest sequence number that is reported, and takes a response that it cannot read, or an
 * identifier that is not in the batch, for a failure of all of it (developer guide, "Partial batch response").
 */
export function findFirstFailure(payload: string, batch: readonly StreamRecord[]): number {
  const value: unknown = JSON.parse(payload);
  if (value === null) return batch.length;
  const parsed = BatchResponse.safeParse(value);
  if (!parsed.success) return 0;
  const failures = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    Math.max(
      0,
      batch.findIndex(({ sequenceNumber }) => sequenceNumber === itemIdentifier),
    ),
  );
  return Math.min(batch.length, ...failures);
}
