import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { JOURNEY_SETTINGS, makeJourneyPorts } from "#aws/journey-ports.ts";
import { sleep as realSleep, type Sleep } from "#aws/sleep.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import type { TimerPorts } from "./see-to-timers.ts";
import type { ShardPorts } from "./work-shard.ts";

const SETTINGS = [
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_WORK",
  "STRATA_FACT_STREAM",
  "STRATA_BUCKET",
] as const;

export type WakeConfig = ReturnType<typeof readConfig<(typeof SETTINGS)[number]>>;

export interface WakeClients {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly kinesis: KinesisClient;
}

export interface WakeSurroundings extends Pick<TimerPorts, "now" | "count" | "logFailure" | "endWaits"> {
  readonly sleep?: Sleep;
}

/** Config → clients → ports, once for each instance of the two functions of the time path. */
export function makeWakeContext(serviceName: string) {
  const config = readConfig(...SETTINGS, ...JOURNEY_SETTINGS);
  const telemetry = makeTelemetry(serviceName);
  const clients = {
    dynamo: makeDynamo(),
    s3: makeS3(),
    kinesis: makeKinesis(),
    sqs: makeSqs(),
    secrets: makeSecretsManager(),
  };
  const journeys = makeJourneyPorts(config, clients, { now: () => Date.now(), count: telemetry.count });
  const surroundings: WakeSurroundings = {
    now: journeys.now,
    count: telemetry.count,
    endWaits: (timers, now) => endWaits(journeys, timers, now),
    logFailure: (error, context) => telemetry.log.warn("person_not_reviewed", { ...context, error: error as Error }),
  };
  return { ports: makeWakePorts(config, clients, surroundings), journeys, clients, telemetry };
}

/** The ports over SDK clients. Time and waiting are given, so that a simulation can run the very same adapters. */
export function makeWakePorts(
  config: WakeConfig,
  { dynamo, s3, kinesis }: WakeClients,
  { sleep = realSleep, ...surroundings }: WakeSurroundings,
): ShardPorts {
  const store = makeDefinitionStore({
    dynamo,
    s3,
    table: config.STRATA_TABLE_DEFINITIONS,
    bucket: config.STRATA_BUCKET,
  });
  const { now } = surroundings;
  return {
    ...surroundings,
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES, sleep }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES, sleep }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY, sleep }),
    consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
    facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM, sleep }),
    definitions: makeDefinitionsCache({ store, maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
    work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
  };
}
