import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { makeJourneyPorts } from "#aws/journey-ports.ts";
import { keepDefinitions } from "#aws/keep-definitions.ts";
import { makeLinkKeyReader } from "#aws/link-key.ts";
import { processMessages } from "#aws/queue.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeCapStore } from "#aws/stores/cap-store.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeInappStore } from "#aws/stores/inapp-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeSuppressionStore } from "#aws/stores/suppression-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeTouchStore } from "#aws/stores/touch-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import { compileOutcomes } from "#domain/outcomes/compile-outcomes.ts";
import type { Channel } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { makeDecideHandler } from "#functions/decide/make-decide-handler.ts";
import { makeOutcomeHandler } from "#functions/outcome/make-outcome-handler.ts";
import { makeSendHandler } from "#functions/send/make-send-handler.ts";
import { makeWakePorts } from "#functions/wake/context.ts";
import { DueMessage } from "#functions/wake/due-message.ts";
import { wake } from "#functions/wake/wake.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { asVersion2, type TestRequest } from "../../support/collect-harness.ts";
import { makeMemoryRenderer } from "../../support/memory-renderer.ts";
import { CONFIG, type Equipment } from "../functions.ts";

/** The same as that of the fold (`functions.ts`). */
const SECRET = "a simulated deployment's key";

export const MESSAGE_CONFIG = {
  ...CONFIG,
  STRATA_TABLE_CAPS: "Caps",
  STRATA_LINK_KEY_SECRET: "LinkKey",
  STRATA_PUBLIC_URL: "https://strata.example.com",
  STRATA_QUEUE_EMAIL: "email",
  STRATA_QUEUE_SMS: "sms",
  STRATA_QUEUE_PUSH: "push",
  STRATA_QUEUE_WECHAT: "wechat",
  STRATA_QUEUE_WEBHOOK: "webhook",
  STRATA_QUEUE_INAPP: "inapp",
  STRATA_QUEUE_LOG: "log",
} as const;

const secrets = { send: async () => ({ SecretString: SECRET }) } as unknown as Pick<SecretsManagerClient, "send">;

/** Figures for people, which the simulation does not judge. */
const refusals = { note: () => {}, flush: async () => {} };

/** The functions on the way of messages as they are deployed, beside those of `functions.ts`. */
export const messageFunctions = {
  decide(equipment: Equipment): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
    const { sandbox, count, tell } = equipment;
    return makeDecideHandler({ ...journeyPorts(equipment), refusals, count }, (error, { kinesis }) =>
      tell(() => `${sandbox.name} fails at ${Number(kinesis.sequenceNumber)}: ${String(error)}`),
    );
  },

  /** @param few how many the look sees to itself. */
  wake(equipment: Equipment, few: number): () => Promise<void> {
    const { sqs, sandbox } = equipment;
    const ports = wakePorts(equipment);
    const due = makeWorkQueue<DueMessage>({ sqs, url: CONFIG.STRATA_QUEUE_DUE, sleep: sandbox.sleep });
    return () => wake({ ...ports, due, campaigns: { send: async () => {} } }, few);
  },

  wakeDue(equipment: Equipment): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const ports = wakePorts(equipment);
    const { newId, sandbox, tell } = equipment;
    return (event) =>
      processMessages(
        event,
        DueMessage,
        (message) => workShard(ports, message, newId()),
        (error) => tell(() => `${sandbox.name} fails: ${String(error)}`),
      );
  },

  send(
    equipment: Equipment,
    channelOf: (definition: ChannelDefinition) => Channel,
  ): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const { sandbox, dynamo, kinesis, s3, sqs, newId, count, tell } = equipment;
    const { now, sleep } = sandbox;
    const report = (what: string, context: object) => tell(() => `${sandbox.name} ${what} ${JSON.stringify(context)}`);
    return makeSendHandler(
      {
        channel: "email",
        queue: makeWorkQueue({ sqs, url: MESSAGE_CONFIG.STRATA_QUEUE_EMAIL, sleep }),
        touches: makeTouchStore({ dynamo, table: MESSAGE_CONFIG.STRATA_TABLE_TOUCHES }),
        profiles: makeProfileStore({ dynamo, table: CONFIG.STRATA_TABLE_PROFILES, sleep }),
        suppressions: makeSuppressionStore({ dynamo, table: CONFIG.STRATA_TABLE_SUPPRESSIONS }),
        caps: makeCapStore({ dynamo, table: MESSAGE_CONFIG.STRATA_TABLE_CAPS }),
        timers: makeTimerStore({ dynamo, table: CONFIG.STRATA_TABLE_TIMERS }),
        work: makeWorkStore({ dynamo, table: CONFIG.STRATA_TABLE_WORK }),
        events: makeEventStream({ kinesis, stream: CONFIG.STRATA_EVENT_STREAM, sleep }),
        definitions: makeDefinitionsCache({ store: storeOf({ dynamo, s3 }), maxAgeMs: MAX_AGE_MS, now }),
        renderer: makeMemoryRenderer(),
        channelOf,
        linkKey: linkKeyOf(now),
        publicUrl: MESSAGE_CONFIG.STRATA_PUBLIC_URL,
        now,
        sleep,
        // Says whose claim it is.
        newId: () => `${sandbox.name}/${newId()}`,
        logFailure: (error, context) => report(String(error), context),
      },
      {
        log: { info: () => {}, warn: (message: string, context: object) => report(message, context) } as never,
        countBy: (metric, { reason }, n) => {
          if (reason !== undefined) count(`${metric} ${reason}`, n);
        },
      },
    );
  },

  /** The preference page: what a POST there answers. */
  page({ sandbox, dynamo, kinesis, s3, newId, count }: Equipment): (request: TestRequest) => Promise<HttpAnswer> {
    const { now, sleep } = sandbox;
    const answer = makeOutcomeHandler({
      definitions: keepDefinitions({
        store: storeOf({ dynamo, s3 }),
        compile: compileOutcomes,
        maxAgeMs: MAX_AGE_MS,
        now,
      }),
      profiles: makeProfileStore({ dynamo, table: CONFIG.STRATA_TABLE_PROFILES, sleep }),
      suppressions: makeSuppressionStore({ dynamo, table: CONFIG.STRATA_TABLE_SUPPRESSIONS }),
      touches: makeTouchStore({ dynamo, table: MESSAGE_CONFIG.STRATA_TABLE_TOUCHES }),
      events: makeEventStream({ kinesis, stream: CONFIG.STRATA_EVENT_STREAM, sleep }),
      identities: makeIdentityStore({ dynamo, table: CONFIG.STRATA_TABLE_IDENTITIES, sleep }),
      inapp: makeInappStore({ dynamo, table: CONFIG.STRATA_TABLE_RUNS, now }),
      certificates: { fetchCertificate: async () => "", confirm: async () => {} },
      secretOf: () => async () => undefined,
      linkKey: linkKeyOf(now),
      rateLimit: () => 0,
      newId,
      count,
      now,
      logFailure: () => {},
    });
    return (request) => answer(asVersion2(request), {} as Context);
  },
};

const MAX_AGE_MS = CONFIG.STRATA_DEFINITIONS_MAX_AGE_MS;

function storeOf(of: Pick<Equipment, "dynamo" | "s3">) {
  return makeDefinitionStore({ ...of, table: CONFIG.STRATA_TABLE_DEFINITIONS, bucket: CONFIG.STRATA_BUCKET });
}

/** The deployment's key for links and addresses. */
export function linkKeyOf(now: () => number) {
  return makeLinkKeyReader({ secrets, secretId: MESSAGE_CONFIG.STRATA_LINK_KEY_SECRET, now });
}

function journeyPorts({ sandbox, dynamo, kinesis, s3, sqs, count }: Equipment) {
  const { now, sleep } = sandbox;
  const config = { ...MESSAGE_CONFIG, STRATA_LINK_KEY_SECRET: "LinkKey" };
  return makeJourneyPorts(config, { dynamo, kinesis, s3, sqs, secrets }, { now, sleep, count });
}

function wakePorts(equipment: Equipment) {
  const { sandbox, dynamo, kinesis, s3, count, tell } = equipment;
  const { now, sleep } = sandbox;
  const journeys = journeyPorts(equipment);
  return makeWakePorts(
    CONFIG,
    { dynamo, kinesis, s3 },
    {
      now,
      sleep,
      count,
      endWaits: (timers, at) => endWaits(journeys, timers, at),
      logFailure: (error) => tell(() => `${sandbox.name} could not see to somebody: ${String(error)}`),
    },
  );
}
