import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { foldRecords, type RecordPorts } from "./fold-records.ts";

/** EventStream → profiles. Records come in order for each partition key; from the lowest failed one on, Lambda delivers
 *  the batch again, which folding makes harmless. `onFailure` hears why. */
export function makeFoldHandler(
  ports: RecordPorts,
  onFailure: (failure: { retryFrom: string; error: unknown }) => void,
): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
  return async (event) => {
    const records = event.Records.map(({ kinesis }) => ({
      sequenceNumber: kinesis.sequenceNumber,
      data: Buffer.from(kinesis.data, "base64"),
    }));
    const failure = await foldRecords(ports, records);
    if (!failure) return { batchItemFailures: [] };
    onFailure(failure);
    return { batchItemFailures: [{ itemIdentifier: failure.retryFrom }] };
  };
}
