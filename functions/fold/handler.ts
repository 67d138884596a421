import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeFoldContext } from "./context.ts";
import { foldRecords } from "./fold-records.ts";

const { ports, telemetry } = makeFoldContext("fold");

/** EventStream → profiles. Records come in order for each partition key; from the lowest failed one on, Lambda delivers
 *  the batch again, which folding makes harmless. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  try {
    const records = event.Records.map(({ kinesis }) => ({
      sequenceNumber: kinesis.sequenceNumber,
      data: Buffer.from(kinesis.data, "base64"),
    }));
    const failure = await foldRecords(ports, records);
    if (!failure) return { batchItemFailures: [] };
    telemetry.log.warn("batch_partly_failed", { retryFrom: failure.retryFrom, error: failure.error as Error });
    return { batchItemFailures: [{ itemIdentifier: failure.retryFrom }] };
  } finally {
    telemetry.flush();
  }
}
