import { randomBytes } from "node:crypto";
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { makeDynamo, makeKinesis, makeS3, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeImportObjectStore } from "#aws/stores/import-object-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeImportHandler } from "./make-import-handler.ts";

const config = readConfig(
  "STRATA_TABLE_PROFILES",
  "STRATA_TABLE_IDENTITIES",
  "STRATA_TABLE_ACTIVITY",
  "STRATA_TABLE_CONSENTS",
  "STRATA_TABLE_TAGS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_TABLE_TIMERS",
  "STRATA_TABLE_WORK",
  "STRATA_FACT_STREAM",
  "STRATA_QUEUE_IMPORTS",
  "STRATA_BUCKET",
);
const dynamo = makeDynamo();
const s3 = makeS3();
const now = () => Date.now();
const telemetry = makeTelemetry("import");
const bucket = config.STRATA_BUCKET;
const work = makeImportHandler(
  {
    profiles: makeProfileStore({ dynamo, table: config.STRATA_TABLE_PROFILES }),
    identities: makeIdentityStore({ dynamo, table: config.STRATA_TABLE_IDENTITIES }),
    activity: makeActivityStore({ dynamo, table: config.STRATA_TABLE_ACTIVITY }),
    consents: makeConsentStore({ dynamo, table: config.STRATA_TABLE_CONSENTS }),
    tags: makeTagStore({ dynamo, table: config.STRATA_TABLE_TAGS, now }),
    timers: makeTimerStore({ dynamo, table: config.STRATA_TABLE_TIMERS }),
    work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
    facts: makeFactStream({ kinesis: makeKinesis(), stream: config.STRATA_FACT_STREAM }),
    objects: makeImportObjectStore({ s3, bucket }),
    queue: makeWorkQueue({ sqs: makeSqs(), url: config.STRATA_QUEUE_IMPORTS }),
    definitions: makeDefinitionsCache({
      store: makeDefinitionStore({ dynamo, s3, table: config.STRATA_TABLE_DEFINITIONS, bucket }),
      maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS,
      now,
    }),
    now,
    // Names objects that would silently replace one another: 64 bits, and short, since an import lists them all in one item.
    newId: () => randomBytes(8).toString("base64url"),
  },
  telemetry,
);

/** ImportQueue → people into tags and segments. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  try {
    return await work(event, now() + context.getRemainingTimeInMillis());
  } finally {
    telemetry.flush();
  }
}
