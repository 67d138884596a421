import type { KinesisStreamBatchResponse, KinesisStreamRecord } from "aws-lambda";

/** Processes a batch in order for each partition key and concurrently across keys. At a key's first failure that key
 *  stops and the others go on; the lowest failed sequence number is reported, from which Lambda delivers again
 *  (ReportBatchItemFailures). `onFailure` hears of each failure. */
export async function processInOrder(
  records: readonly KinesisStreamRecord[],
  process: (record: KinesisStreamRecord) => Promise<void>,
  onFailure: (error: unknown, record: KinesisStreamRecord) => void,
): Promise<KinesisStreamBatchResponse> {
  const byKey = Map.groupBy(records, ({ kinesis }) => kinesis.partitionKey);
  const failed = await Promise.all(
    Array.from(byKey.values(), async (ofKey) => {
      for (const record of ofKey) {
        try {
          await process(record);
        } catch (error) {
          onFailure(error, record);
          return record;
        }
      }
      return undefined;
    }),
  );
  const lowest = records.find((record) => failed.includes(record));
  return { batchItemFailures: lowest ? [{ itemIdentifier: lowest.kinesis.sequenceNumber }] : [] };
}
