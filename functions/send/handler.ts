import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { makeChannels } from "#aws/channels/make-channels.ts";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeSecretsByName } from "#aws/secrets-by-name.ts";
import { sleep } from "#aws/sleep.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeTemplateRenderer } from "#aws/templates/template-renderer.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { makeSendHandler } from "./make-send-handler.ts";
import { makeSendStores, SEND_STORE_SETTINGS } from "./make-send-stores.ts";

const config = readConfig(
  "STRATA_CHANNEL",
  "STRATA_QUEUE_OWN",
  "STRATA_TABLE_RUNS",
  "STRATA_TABLE_DEFINITIONS",
  "STRATA_BUCKET",
  "STRATA_LINK_KEY_SECRET",
  "STRATA_PUBLIC_URL",
  ...SEND_STORE_SETTINGS,
);
const dynamo = makeDynamo();
const secrets = makeSecretsManager();
const now = () => Date.now();
// One name for all channels: an alarm watches them together.
const telemetry = makeTelemetry("send");
const stores = makeSendStores(config, { dynamo, kinesis: makeKinesis() });
const send = makeSendHandler(
  {
    channel: config.STRATA_CHANNEL,
    queue: makeWorkQueue({ sqs: makeSqs(), url: config.STRATA_QUEUE_OWN }),
    ...stores,
    definitions: makeDefinitionsCache({
      store: makeDefinitionStore({
        dynamo,
        s3: makeS3(),
        table: config.STRATA_TABLE_DEFINITIONS,
        bucket: config.STRATA_BUCKET,
      }),
      maxAgeMs: config.STRATA_DEFINITIONS_MAX_AGE_MS,
      now,
    }),
    renderer: makeTemplateRenderer(),
    channelOf: makeChannels({
      secretOf: makeSecretsByName({ secrets, now }),
      inbox: makeInappStore({ dynamo, table: config.STRATA_TABLE_RUNS, now }),
      allowedHosts: new Set(config.STRATA_WEBHOOK_ALLOWED_HOSTS.split(",").filter(Boolean)),
      work: stores.work,
      sleep,
      now,
      log: (message, shape) => telemetry.log.info(message, shape),
    }),
    linkKey: makeLinkKeyReader({ secrets, secretId: config.STRATA_LINK_KEY_SECRET, now }),
    publicUrl: config.STRATA_PUBLIC_URL,
    now,
    sleep,
    newId: newTimeOrderedId,
    logFailure: (error, context) => telemetry.log.warn("step_failed", { ...context, error: error as Error }),
  },
  telemetry,
);

/** A channel's queue → its provider, with the ledger, the caps and the event stream. One function a channel. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  try {
    return await send(event);
  } finally {
    telemetry.flush();
  }
}
