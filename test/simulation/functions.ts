import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeFailureObjectStore } from "#aws/stores/failure-object-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { makeCollectHandler } from "#functions/collect/make-collect-handler.ts";
import { makeFoldPorts } from "#functions/fold/context.ts";
import { makeFoldHandler } from "#functions/fold/make-fold-handler.ts";
import { sweepFailures } from "#functions/fold/sweep-failures.ts";
import { makeIndexHandler } from "#functions/index/make-index-handler.ts";
import { asVersion2, type TestRequest } from "../support/collect-harness.ts";
import type { Sandbox } from "./sandbox.ts";

/** What a sandbox finds when it starts: clients, and a source of ids. */
export interface Equipment {
  readonly sandbox: Sandbox;
  readonly dynamo: DynamoDBClient;
  readonly kinesis: KinesisClient;
  readonly s3: S3Client;
  readonly newId: () => string;
  readonly tell: (line: () => string) => void;
}

export const CONFIG = {
  STRATA_TABLE_PROFILES: "Profiles",
  STRATA_TABLE_IDENTITIES: "Identities",
  STRATA_TABLE_ACTIVITY: "Activity",
  STRATA_TABLE_DEFINITIONS: "Definitions",
  STRATA_TABLE_METRICS: "Metrics",
  STRATA_TABLE_TAGS: "Tags",
  STRATA_TABLE_TIMERS: "Timers",
  STRATA_EVENT_STREAM: "events",
  STRATA_FACT_STREAM: "facts",
  STRATA_BUCKET: "bucket",
  STRATA_DEFINITIONS_MAX_AGE_MS: 60_000,
  STRATA_S3_PATH_STYLE: false,
} as const;

/** The functions as they are deployed: the real handlers over the real adapters, each in a sandbox of its own. */
export const functions = {
  collect({ sandbox, dynamo, kinesis, s3, newId, tell }: Equipment): (request: TestRequest) => Promise<HttpAnswer> {
    const { now, sleep } = sandbox;
    const store = makeDefinitionStore({
      dynamo,
      s3,
      table: CONFIG.STRATA_TABLE_DEFINITIONS,
      bucket: CONFIG.STRATA_BUCKET,
    });
    const answer = makeCollectHandler(
      {
        definitions: makeDefinitionsCache({ store, maxAgeMs: CONFIG.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
        stream: makeEventStream({ kinesis, stream: CONFIG.STRATA_EVENT_STREAM, sleep }),
        failedEvents: makeFailedEventStore({ s3, bucket: CONFIG.STRATA_BUCKET, now, newId }),
        geo: { find: () => undefined },
        rateLimit: () => 0,
        count: () => {},
        newId,
        now,
      },
      (error) => tell(() => `${sandbox.name} answers with an error: ${String(error)}`),
    );
    return (request) => answer(asVersion2(request), {} as Context);
  },

  fold(equipment: Equipment): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
    return makeFoldHandler(foldPorts(equipment), ({ retryFrom, error }) =>
      equipment.tell(() => `${equipment.sandbox.name} fails from ${Number(retryFrom)}: ${String(error)}`),
    );
  },

  refold(equipment: Equipment): () => Promise<unknown> {
    const failures = makeFailureObjectStore({ s3: equipment.s3, bucket: CONFIG.STRATA_BUCKET });
    const ports = { ...foldPorts(equipment), failures, factStream: CONFIG.STRATA_FACT_STREAM };
    return () => sweepFailures(ports);
  },

  index({
    sandbox,
    dynamo,
    s3,
    newId,
    tell,
  }: Equipment): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
    const { now, sleep } = sandbox;
    return makeIndexHandler(
      {
        tags: makeTagStore({ dynamo, table: CONFIG.STRATA_TABLE_TAGS, now }),
        profiles: makeProfileStore({ dynamo, table: CONFIG.STRATA_TABLE_PROFILES, sleep }),
        failedEvents: makeFailedEventStore({ s3, bucket: CONFIG.STRATA_BUCKET, now, newId }),
        stream: CONFIG.STRATA_FACT_STREAM,
        count: () => {},
        now,
      },
      (error, { kinesis }) =>
        tell(() => `${sandbox.name} fails at ${Number(kinesis.sequenceNumber)}: ${String(error)}`),
    );
  },
};

function foldPorts({ sandbox, dynamo, kinesis, s3, newId }: Equipment) {
  const { now, sleep } = sandbox;
  return makeFoldPorts(CONFIG, { dynamo, kinesis, s3 }, { now, sleep, newId, count: () => {} });
}
