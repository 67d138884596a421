import { randomUUID } from "node:crypto";
import type { StreamRecord } from "../stream/shard-reader.ts";
import { makeKinesisEvent } from "./kinesis-event.ts";

export interface GivenUpBatch {
  readonly mappingId: string;
  readonly functionArn: string;
  readonly streamArn: string;
  readonly shardId: string;
  readonly batch: readonly StreamRecord[];
  readonly attempts: number;
  readonly requestId: string;
  readonly failure: "error" | "items";
  /** Epoch milliseconds. */
  readonly at: number;
}

/**
 * The object that Lambda leaves in the on-failure bucket: what was tried, and as `payload` the whole event, a string of
 * JSON (developer guide, "Retain discarded batch records for a Kinesis Data Streams event source", example for S3).
 */
export function makeInvocationRecord(given: GivenUpBatch): { key: string; body: string } {
  const { shardId, batch, at } = given;
  const time = new Date(at).toISOString();
  const [day = "", clock = ""] = time.slice(0, 19).split("T");
  const [first, last] = [batch.at(0), batch.at(-1)];
  const body = {
    requestContext: {
      requestId: given.requestId,
      functionArn: given.functionArn,
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: given.attempts,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: "$LATEST",
      functionError: given.failure === "error" ? "Unhandled" : null,
    },
    version: "1.0",
    timestamp: time,
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: first && new Date(first.arrivedAt).toISOString(),
      approximateArrivalOfLastRecord: last && new Date(last.arrivedAt).toISOString(),
      batchSize: batch.length,
      streamArn: given.streamArn,
    },
    payload: JSON.stringify(makeKinesisEvent(batch, shardId, given.streamArn)),
  };
  const key = [
    "aws/lambda",
    given.mappingId,
    shardId,
    day.replaceAll("-", "/"),
    `${day}T${clock.replaceAll(":", ".")}-${randomUUID()}`,
  ].join("/");
  return { key, body: JSON.stringify(body) };
}
