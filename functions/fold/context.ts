import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { sleep as realSleep, type Sleep } from "#aws/sleep.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConflictStore } from "#aws/stores/conflict-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import type { FoldPorts } from "./fold-batch.ts";
import type { RecordPorts } from "./fold-records.ts";

const SETTINGS = [
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_METRICS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_RUNS",
  "STRATA_TABLE_SUPPRESSIONS",
  "STRATA_EVENT_STREAM",
  "STRATA_FACT_STREAM",
  "STRATA_BUCKET",
] as const;

export type FoldConfig = ReturnType<typeof readConfig<(typeof SETTINGS)[number]>>;

export interface FoldClients {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly kinesis: KinesisClient;
}

export interface FoldSurroundings {
  readonly now: () => number;
  readonly newId: () => string;
  readonly count: FoldPorts["count"];
  readonly linkKey: FoldPorts["linkKey"];
  readonly sleep?: Sleep;
}

/** Config → clients → ports, once for each instance of the fold and of refold. */
export function makeFoldContext(serviceName: string) {
  const config = readConfig(...SETTINGS, "STRATA_LINK_KEY_SECRET");
  const clients = { dynamo: makeDynamo(), s3: makeS3(), kinesis: makeKinesis() };
  const telemetry = makeTelemetry(serviceName);
  const now = () => Date.now();
  // Asked for only by the few events that need it.
  const linkKey = makeLinkKeyReader({ secrets: makeSecretsManager(), secretId: config.STRATA_LINK_KEY_SECRET, now });
  const surroundings = { now, newId: newTimeOrderedId, count: telemetry.count, linkKey };
  return { config, ports: makeFoldPorts(config, clients, surroundings), telemetry, s3: clients.s3 };
}

/** The fold's ports over SDK clients. Time, randomness and waiting are given, so that a simulation can run the very
 *  same adapters. */
export function makeFoldPorts(
  config: FoldConfig,
  { dynamo, s3, kinesis }: FoldClients,
  { now, newId, count, linkKey, sleep = realSleep }: FoldSurroundings,
): RecordPorts {
  const store = makeDefinitionStore({
    dynamo,
    s3,
    table: config.STRATA_TABLE_DEFINITIONS,
    bucket: config.STRATA_BUCKET,
  });
  return {
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES, sleep }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES, sleep }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY, sleep }),
    consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
    suppressions: makeSuppressionStore({ dynamo, table: config.STRATA_TABLE_SUPPRESSIONS }),
    inapp: makeInappStore({ dynamo, table: config.STRATA_TABLE_RUNS, now }),
    linkKey,
    conflicts: makeConflictStore({ dynamo, table: config.STRATA_TABLE_METRICS }),
    facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM, sleep }),
    definitions: makeDefinitionsCache({ store, maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
    failedEvents: makeFailedEventStore({ s3, bucket: config.STRATA_BUCKET, now, newId }),
    stream: config.STRATA_EVENT_STREAM,
    now,
    count,
  };
}
