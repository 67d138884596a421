import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { makeDynamo, makeKinesis, makeS3, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { sleep as realSleep, type Sleep } from "#aws/sleep.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeMetricStore } from "#aws/stores/metric-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeTallyStore } from "#aws/stores/tally-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import type { RetierPorts } from "#domain/retier/ports.ts";

const SETTINGS = [
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_TAGS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_METRICS",
  "STRATA_TABLE_WORK",
  "STRATA_FACT_STREAM",
  "STRATA_QUEUE_RETIER",
  "STRATA_BUCKET",
] as const;

export type RetierConfig = ReturnType<typeof readConfig<(typeof SETTINGS)[number]>>;

export interface RetierClients {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly kinesis: KinesisClient;
  readonly sqs: SQSClient;
}

export interface RetierSurroundings extends Pick<RetierPorts, "now" | "newId" | "count" | "report"> {
  readonly sleep?: Sleep;
}

/** Config → clients → ports, once for each instance of the function that works on slices. */
export function makeRetierContext(serviceName: string) {
  const config = readConfig(...SETTINGS);
  const telemetry = makeTelemetry(serviceName);
  const surroundings: RetierSurroundings = {
    now: () => Date.now(),
    newId: newTimeOrderedId,
    count: telemetry.count,
    report: (error, context) => telemetry.log.warn("person_not_evaluated", { ...context, error: error as Error }),
  };
  const clients = { dynamo: makeDynamo(), s3: makeS3(), kinesis: makeKinesis(), sqs: makeSqs() };
  return { ports: makeRetierPorts(config, clients, surroundings), telemetry };
}

/** The ports over SDK clients. Time, randomness and waiting are given, so that a simulation can run the very same
 *  adapters. */
export function makeRetierPorts(
  config: RetierConfig,
  { dynamo, s3, kinesis, sqs }: RetierClients,
  { sleep = realSleep, ...surroundings }: RetierSurroundings,
): RetierPorts {
  const { now } = surroundings;
  const bucket = config.STRATA_BUCKET;
  const bundles = makeDefinitionStore({ dynamo, s3, table: config.STRATA_TABLE_DEFINITIONS, bucket });
  return {
    ...surroundings,
    bundles,
    settleMs: 2 * config.STRATA_DEFINITIONS_MAX_AGE_MS,
    definitions: makeDefinitionsCache({ store: bundles, maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES, sleep }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES, sleep }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY, sleep }),
    consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
    tags: makeTagStore({ dynamo, table: config.STRATA_TABLE_TAGS, now }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    metrics: makeMetricStore({ dynamo, table: config.STRATA_TABLE_METRICS, sleep }),
    work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
    tallies: makeTallyStore({ s3, bucket }),
    facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM, sleep }),
    queue: makeWorkQueue({ sqs, url: config.STRATA_QUEUE_RETIER, sleep }),
  };
}
