import { randomBytes } from "node:crypto";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager, makeSigningS3, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { CHANNEL_QUEUE_SETTINGS, makeChannelQueues } from "#aws/queues/channel-queues.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeSecretReader } from "#aws/secret.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeAuditStore } from "#aws/stores/audit-store.ts";
import { makeCapStore } from "#aws/stores/cap-store.ts";
import { makeConflictStore } from "#aws/stores/conflict-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeImportObjectStore } from "#aws/stores/import-object-store.ts";
import { makeMetricStore } from "#aws/stores/metric-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeRefusalStore } from "#aws/stores/refusal-store.ts";
import { makeRunStore } from "#aws/stores/run-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeTokenStore } from "#aws/stores/token-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeTemplateRenderer } from "#aws/templates/template-renderer.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { makeAdminHandler } from "./answer-request.ts";

/** How long a rotated first token may go unnoticed. */
const SECRET_MAX_AGE_MS = 60_000;

const config = readConfig(
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_TAGS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_METRICS",
  "STRATA_TABLE_AUDIT",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_WORK",
  "STRATA_TABLE_RUNS",
  "STRATA_TABLE_TOUCHES",
  "STRATA_TABLE_CAPS",
  "STRATA_TABLE_SUPPRESSIONS",
  "STRATA_QUEUE_RETIER",
  "STRATA_QUEUE_IMPORTS",
  ...CHANNEL_QUEUE_SETTINGS,
  "STRATA_EVENT_STREAM",
  "STRATA_FACT_STREAM",
  "STRATA_BUCKET",
  "STRATA_ADMIN_TOKEN_SECRET",
  "STRATA_LINK_KEY_SECRET",
);
const dynamo = makeDynamo();
const s3 = makeS3();
const sqs = makeSqs();
const kinesis = makeKinesis();
const secrets = makeSecretsManager();
const now = () => Date.now();
const { log } = makeTelemetry("admin");
const bucket = config.STRATA_BUCKET;
const definitions = makeDefinitionStore({ dynamo, s3, table: config.STRATA_TABLE_DEFINITIONS, bucket });
// No age at all: an operator reads what the write before has put in force.
const { get: inForce, atLeast: inForceAtLeast } = makeDefinitionsCache({ store: definitions, maxAgeMs: 0, now });

/** The administration API and its documentation, behind either gateway. */
export const handler = makeAdminHandler({
  definitions,
  inForce,
  inForceAtLeast,
  profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
  timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
  identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES }),
  activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY }),
  consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
  conflicts: makeConflictStore({ dynamo, table: config.STRATA_TABLE_METRICS }),
  tags: makeTagStore({ dynamo, table: config.STRATA_TABLE_TAGS, now }),
  metrics: makeMetricStore({ dynamo, table: config.STRATA_TABLE_METRICS }),
  refusals: makeRefusalStore({ dynamo, table: config.STRATA_TABLE_METRICS }),
  tokens: makeTokenStore({ dynamo, table: config.STRATA_TABLE_DEFINITIONS }),
  audit: makeAuditStore({ dynamo, table: config.STRATA_TABLE_AUDIT }),
  failed: makeFailedEventStore({ s3, bucket, now, newId: newTimeOrderedId }),
  events: makeEventStream({ kinesis, stream: config.STRATA_EVENT_STREAM }),
  facts: makeFactStream({ kinesis, stream: config.STRATA_FACT_STREAM }),
  work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
  retierQueue: makeWorkQueue({ sqs, url: config.STRATA_QUEUE_RETIER }),
  renderer: makeTemplateRenderer(),
  queueOf: makeChannelQueues({ sqs, config }),
  runs: makeRunStore({ dynamo, table: config.STRATA_TABLE_RUNS }),
  touches: makeTouchStore({ dynamo, table: config.STRATA_TABLE_TOUCHES }),
  caps: makeCapStore({ dynamo, table: config.STRATA_TABLE_CAPS }),
  suppressions: makeSuppressionStore({ dynamo, table: config.STRATA_TABLE_SUPPRESSIONS }),
  linkKey: makeLinkKeyReader({ secrets, secretId: config.STRATA_LINK_KEY_SECRET, now }),
  definitionsMaxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS,
  importObjects: makeImportObjectStore({ s3: makeSigningS3(), bucket }),
  importQueue: makeWorkQueue({ sqs, url: config.STRATA_QUEUE_IMPORTS }),
  firstToken: makeSecretReader({
    secrets,
    secretId: config.STRATA_ADMIN_TOKEN_SECRET,
    maxAgeMs: SECRET_MAX_AGE_MS,
    now,
  }),
  now,
  random: Math.random,
  randomId: newTimeOrderedId,
  randomSecret: (prefix) => prefix + randomBytes(24).toString("base64url"),
  logError: (message, error, context) => log.error(message, { ...context, error: error as Error }),
});
