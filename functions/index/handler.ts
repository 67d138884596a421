import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeDynamo, makeS3 } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { makeIndexHandler } from "./make-index-handler.ts";

const config = readConfig("STRATA_TABLE_TAGS", "STRATA_TABLE_PROFILES", "STRATA_FACT_STREAM", "STRATA_BUCKET");
const dynamo = makeDynamo();
const now = () => Date.now();
const telemetry = makeTelemetry("index");
const index = makeIndexHandler(
  {
    tags: makeTagStore({ dynamo, table: config.STRATA_TABLE_TAGS, now }),
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
    failedEvents: makeFailedEventStore({ s3: makeS3(), bucket: config.STRATA_BUCKET, now, newId: newTimeOrderedId }),
    stream: config.STRATA_FACT_STREAM,
    count: telemetry.count,
    now,
  },
  (error, { kinesis }) =>
    telemetry.log.warn("record_failed", { sequenceNumber: kinesis.sequenceNumber, error: error as Error }),
);

/** FactStream → Tags table. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  try {
    return await index(event);
  } finally {
    telemetry.flush();
  }
}
