import * as z from "zod";

/** The parts that matter of the record that Lambda writes for a batch it gave up on. `payload` is the very event that
 *  the function was invoked with, as text. */
const InvocationRecord = z.object({
  KinesisBatchInfo: z.object({ streamArn: z.string() }),
  payload: z.string(),
});
const KinesisPayload = z.object({
  Records: z.array(z.object({ kinesis: z.object({ sequenceNumber: z.string(), data: z.string() }) })),
});

export interface FailureObject {
  readonly stream: string;
  readonly records: readonly { readonly sequenceNumber: string; readonly data: Buffer }[];
}

/** Reads a failure object; undefined where it is none that Lambda writes. */
export function readFailureObject(text: string): FailureObject | undefined {
  try {
    const { KinesisBatchInfo, payload } = InvocationRecord.parse(JSON.parse(text));
    const { Records } = KinesisPayload.parse(JSON.parse(payload));
    return {
      stream: KinesisBatchInfo.streamArn.slice(KinesisBatchInfo.streamArn.lastIndexOf("/") + 1),
      records: Records.map(({ kinesis }) => ({
        sequenceNumber: kinesis.sequenceNumber,
        data: Buffer.from(kinesis.data, "base64"),
      })),
    };
  } catch {
    return undefined;
  }
}
