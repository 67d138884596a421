import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { KinesisClient } from "@aws-sdk/client-kinesis";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { makeDefinitionsCache } from "#aws/definitions-cache.ts";
import type { HttpAnswer } from "#aws/http-answer.ts";
import { processMessages } from "#aws/queue.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeFailedEventStore } from "#aws/stores/failed-event-store.ts";
import { makeFailureObjectStore } from "#aws/stores/failure-object-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { changeDefinitions } from "#domain/definitions/change-definitions.ts";
import type { SliceMessage as Slice } from "#domain/retier/ports.ts";
import { startRun } from "#domain/retier/start-run.ts";
import { workSlice } from "#domain/retier/work-slice.ts";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import { makeCollectHandler } from "#functions/collect/make-collect-handler.ts";
import { makeFoldPorts } from "#functions/fold/context.ts";
import { makeFoldHandler } from "#functions/fold/make-fold-handler.ts";
import { sweepFailures } from "#functions/fold/sweep-failures.ts";
import { makeIndexHandler } from "#functions/index/make-index-handler.ts";
import { makeRetierPorts } from "#functions/retier/context.ts";
import { type PlanTask, planRuns } from "#functions/retier/plan-runs.ts";
import { SliceMessage } from "#functions/retier/slice-message.ts";
import { makeWakePorts } from "#functions/wake/context.ts";
import { DueMessage } from "#functions/wake/due-message.ts";
import { wake } from "#functions/wake/wake.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { asVersion2, type TestRequest } from "../support/collect-harness.ts";
import type { Sandbox } from "./sandbox.ts";
import { makeTallyStoreAtOnce } from "./tally-store-at-once.ts";

/** What a sandbox finds when it starts: clients, and a source of ids. */
export interface Equipment {
  readonly sandbox: Sandbox;
  readonly dynamo: DynamoDBClient;
  readonly kinesis: KinesisClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly newId: () => string;
  /** Counts what a function counts. */
  readonly count: (metric: string, n: number) => void;
  readonly tell: (line: () => string) => void;
}

export const CONFIG = {
  STRATA_TABLE_PROFILES: "Profiles",
  STRATA_TABLE_IDENTITIES: "Identities",
  STRATA_TABLE_ACTIVITY: "Activity",
  STRATA_TABLE_CONSENTS: "Consents",
  STRATA_TABLE_RUNS: "Runs",
  STRATA_TABLE_SUPPRESSIONS: "Suppressions",
  STRATA_TABLE_DEFINITIONS: "Definitions",
  STRATA_TABLE_METRICS: "Metrics",
  STRATA_TABLE_TAGS: "Tags",
  STRATA_TABLE_TIMERS: "Timers",
  STRATA_TABLE_TOUCHES: "Touches",
  STRATA_TABLE_WORK: "Work",
  STRATA_EVENT_STREAM: "events",
  STRATA_FACT_STREAM: "facts",
  STRATA_QUEUE_DUE: "due",
  STRATA_QUEUE_RETIER: "retier",
  STRATA_BUCKET: "bucket",
  STRATA_DEFINITIONS_MAX_AGE_MS: 60_000,
  STRATA_S3_PATH_STYLE: false,
  STRATA_WEBHOOK_ALLOWED_HOSTS: "",
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

  /** @param few how many the look sees to itself. */
  wake(equipment: Equipment, few: number): () => Promise<void> {
    const ports = wakePorts(equipment);
    const { sqs, sandbox } = equipment;
    const due = makeWorkQueue<DueMessage>({ sqs, url: CONFIG.STRATA_QUEUE_DUE, sleep: sandbox.sleep });
    return () => {
      equipment.count("Looks", 1);
      return wake({ ...ports, due, campaigns: { send: async () => {} } }, few);
    };
  },

  wakeDue(equipment: Equipment): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const ports = wakePorts(equipment);
    const { newId, count } = equipment;
    return (event) =>
      processMessages(
        event,
        DueMessage,
        (message) => {
          count("DueMessages", 1);
          return workShard(ports, message, newId());
        },
        tellFailure(equipment),
      );
  },

  retier(equipment: Equipment): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const { sandbox, newId, count } = equipment;
    const ports = retierPorts(equipment);
    return (event) =>
      processMessages(
        event,
        SliceMessage,
        (message) => {
          count("SliceMessages", 1);
          return workSlice(ports, message, { owner: newId(), remainingMs: sandbox.remainingMs });
        },
        tellFailure(equipment),
      );
  },

  retierPlan(equipment: Equipment): (task: PlanTask) => Promise<void> {
    const ports = { ...runPorts(equipment), count: equipment.count };
    return (task) => planRuns(ports, task);
  },

  /** What the administration function does on a change set: commits it, and starts a run. */
  define(equipment: Equipment): (changes: readonly DefinitionChange[]) => Promise<void> {
    const ports = runPorts(equipment);
    const { bundles, now } = ports;
    return async (changes) => {
      const before = await bundles.current();
      const changed = changeDefinitions(before, changes, () => ({ key: "", hash: "" }), now());
      if (!changed.ok) throw new Error(JSON.stringify(changed.faults));
      const isNew = changed.bundle.version > before.version;
      if (isNew && (await bundles.commit(changed.bundle)) !== "committed") throw new Error("lost the race");
      const delayMs = 2 * CONFIG.STRATA_DEFINITIONS_MAX_AGE_MS;
      await startRun(ports, { reason: "definitions", by: "an operator", delayMs });
    };
  },
};

function tellFailure({ sandbox, tell }: Equipment) {
  return (error: unknown) => tell(() => `${sandbox.name} fails: ${String(error)}`);
}

function wakePorts({ sandbox, dynamo, kinesis, s3, count, tell }: Equipment) {
  const { now, sleep } = sandbox;
  const logFailure = (error: unknown) => {
    count("WakeErrors", 1);
    tell(() => `${sandbox.name} could not see to somebody: ${String(error)}`);
  };
  return makeWakePorts(CONFIG, { dynamo, kinesis, s3 }, { now, sleep, count, logFailure, endWaits: async () => [] });
}

function retierPorts({ sandbox, dynamo, kinesis, s3, sqs, newId, count, tell }: Equipment) {
  const { now, sleep } = sandbox;
  const report = (error: unknown) => tell(() => `${sandbox.name} reports ${String(error)}`);
  const ports = makeRetierPorts(CONFIG, { dynamo, kinesis, s3, sqs }, { now, sleep, newId, count, report });
  return { ...ports, tallies: makeTallyStoreAtOnce({ s3, bucket: CONFIG.STRATA_BUCKET }) };
}

function runPorts({ sandbox, dynamo, s3, sqs, newId }: Equipment) {
  const { now, sleep } = sandbox;
  const [table, bucket] = [CONFIG.STRATA_TABLE_DEFINITIONS, CONFIG.STRATA_BUCKET];
  return {
    work: makeWorkStore({ dynamo, table: CONFIG.STRATA_TABLE_WORK }),
    queue: makeWorkQueue<Slice>({ sqs, url: CONFIG.STRATA_QUEUE_RETIER, sleep }),
    bundles: makeDefinitionStore({ dynamo, s3, table, bucket }),
    now,
    newId,
  };
}

/** Addresses are hashed where somebody agrees again. */
const linkKey = async () => ({ id: "simulated", secret: Buffer.from("a simulated deployment's key") });

function foldPorts({ sandbox, dynamo, kinesis, s3, newId }: Equipment) {
  const { now, sleep } = sandbox;
  return makeFoldPorts(CONFIG, { dynamo, kinesis, s3 }, { now, sleep, newId, count: () => {}, linkKey });
}
