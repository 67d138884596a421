import type { StreamRecord } from "../stream/shard-reader.ts";
import { accountId, region } from "../template/physical-ids.ts";

/** The event that Lambda makes of a batch of one shard (developer guide, "Example Kinesis record event"). */
export function makeKinesisEvent(batch: readonly StreamRecord[], shardId: string, streamArn: string) {
  return {
    Records: batch.map(({ sequenceNumber, partitionKey, arrivedAt, data }) => ({
      kinesis: {
        kinesisSchemaVersion: "1.0",
        partitionKey,
        sequenceNumber,
        data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64"),
        approximateArrivalTimestamp: arrivedAt / 1000,
      },
      eventSource: "aws:kinesis",
      eventVersion: "1.0",
      eventID: `${shardId}:${sequenceNumber}`,
      eventName: "aws:kinesis:record",
      invokeIdentityArn: `arn:aws:iam::${accountId}:role/local`,
      awsRegion: region,
      eventSourceARN: streamArn,
    })),
  };
}

/** Lambda takes an event of 6 MB: base64 of the data, and what stands around each record. */
const maximumEventBytes = 6_000_000;
const envelopeBytes = 700;

/** How many records of a queue's head fit into one invocation; at least one. */
export function countFitting(queue: readonly StreamRecord[], batchSize: number): number {
  let bytes = 0;
  let count = 0;
  for (const { data } of queue.slice(0, batchSize)) {
    bytes += Math.ceil(data.length / 3) * 4 + envelopeBytes;
    if (bytes > maximumEventBytes) break;
    count += 1;
  }
  return Math.max(1, count);
}
