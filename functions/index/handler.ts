import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { makeDynamo, makeS3 } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { processInOrder } from "#aws/stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import { indexFacts } from "./index-facts.ts";

const config = readConfig("STRATA_TABLE_TAGS", "STRATA_TABLE_PROFILES", "STRATA_FACT_STREAM", "STRATA_BUCKET");
const dynamo = makeDynamo();
const now = () => Date.now();
const ports = {
  tags: makeTagStore({ dynamo, table: config.STRATA_TABLE_TAGS, now }),
  profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
  now,
};
const failedEvents = makeFailedEventStore({ s3: makeS3(), bucket: config.STRATA_BUCKET, now, newId: newTimeOrderedId });
const telemetry = makeTelemetry("index");

/** FactStream → Tags table. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  try {
    return await processInOrder(event.Records, indexRecord, (error, { kinesis }) =>
      telemetry.log.warn("record_failed", { sequenceNumber: kinesis.sequenceNumber, error: error as Error }),
    );
  } finally {
    telemetry.flush();
  }
}

async function indexRecord({ kinesis }: KinesisStreamRecord): Promise<void> {
  const data = Buffer.from(kinesis.data, "base64");
  const facts = readFacts(data);
  if (facts) return indexFacts(ports, facts);
  telemetry.count("RecordsUnreadable", 1);
  await failedEvents.store([
    {
      stage: "stream",
      code: "stream_record_unreadable",
      message: "not a readable record of facts",
      failedAt: now(),
      stream: config.STRATA_FACT_STREAM,
      sequenceNumber: kinesis.sequenceNumber,
      dataBase64: kinesis.data,
    },
  ]);
}

/** Undefined where the bytes are no facts: no retry can change that. */
function readFacts(data: Uint8Array): Fact[] | undefined {
  try {
    return decodeStreamRecord("facts", data).map((fact) => Fact.parse(fact));
  } catch {
    return undefined;
  }
}
