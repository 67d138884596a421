import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { JourneyPorts } from "#domain/journeys/journey-ports.ts";
import { makeJourneyVersions } from "#domain/journeys/journey-versions.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import type { readConfig } from "./config.ts";
import { makeDefinitionsCache } from "./definitions-cache.ts";
import { makeLinkKeyReader } from "./link-key.ts";
import { CHANNEL_QUEUE_SETTINGS, makeChannelQueues } from "./queues/channel-queues.ts";
import { shareReads } from "./share-reads.ts";
import { sleep as realSleep, type Sleep } from "./sleep.ts";
import { makeActivityStore } from "./stores/activity-store.ts";
import { makeConsentStore } from "./stores/consent-store.ts";
import { makeDefinitionStore } from "./stores/definition-store.ts";
import { makeIdentityStore } from "./stores/identity-store.ts";
import { makeProfileStore } from "./stores/profile-store.ts";
import { makeRunStore } from "./stores/run-store.ts";
import { makeSuppressionStore } from "./stores/suppression-store.ts";
import { makeTimerStore } from "./stores/timer-store.ts";
import { makeTouchStore } from "./stores/touch-store.ts";
import { makeFactStream } from "./streams/fact-stream.ts";

/** How long a read, or a write that asks for nothing, waits for others that may leave with it. */
const GATHER_MS = 3;

/** The settings of whoever walks people through journeys. */
export const JOURNEY_SETTINGS = [
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_RUNS",
  "STRATA_TABLE_TOUCHES",
  "STRATA_TABLE_SUPPRESSIONS",
  "STRATA_FACT_STREAM",
  "STRATA_BUCKET",
  "STRATA_LINK_KEY_SECRET",
  ...CHANNEL_QUEUE_SETTINGS,
] as const;

export type JourneyConfig = ReturnType<typeof readConfig<(typeof JOURNEY_SETTINGS)[number]>>;

export interface JourneyClients {
  readonly dynamo: DynamoDBClient;
  readonly s3: S3Client;
  readonly kinesis: KinesisClient;
  readonly sqs: SQSClient;
  readonly secrets: Pick<SecretsManagerClient, "send">;
}

/** The ports of journeys over SDK clients. Time and waiting are given, so that a simulation can run the very same
 *  adapters. */
export function makeJourneyPorts(
  config: JourneyConfig,
  { dynamo, s3, kinesis, sqs, secrets }: JourneyClients,
  { now, count, sleep = realSleep }: Pick<JourneyPorts, "now" | "count"> & { readonly sleep?: Sleep },
): JourneyPorts {
  const [table, bucket] = [config.STRATA_TABLE_DEFINITIONS, config.STRATA_BUCKET];
  // A batch's people are walked side by side: what one waits here is little beside what all of them ask for.
  const turn = () => sleep(GATHER_MS);
  const shared = shareReads(dynamo, turn);
  const store = makeDefinitionStore({ dynamo, s3, table, bucket });
  const readKey = makeLinkKeyReader({ secrets, secretId: config.STRATA_LINK_KEY_SECRET, now });
  return {
    profiles: makeProfileStore({ dynamo: shared, table: config.STRATA_TABLE_PROFILES, sleep }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES, sleep }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY, sleep }),
    consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
    facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM, sleep }),
    definitions: makeDefinitionsCache({ store, maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS, now }),
    versions: makeJourneyVersions(store),
    runs: makeRunStore({ dynamo, table: config.STRATA_TABLE_RUNS, sleep, turn }),
    touches: makeTouchStore({ dynamo: shared, table: config.STRATA_TABLE_TOUCHES }),
    suppressions: makeSuppressionStore({ dynamo: shared, table: config.STRATA_TABLE_SUPPRESSIONS }),
    queueOf: makeChannelQueues({ sqs, config, sleep }),
    hashAddress: async (channel, address) => hashAddress(channel, address, await readKey()),
    now,
    count,
  };
}
