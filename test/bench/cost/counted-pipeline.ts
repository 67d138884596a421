import type { KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { makeActivityStore } from "#aws/stores/activity-store.ts";
import { makeConflictStore } from "#aws/stores/conflict-store.ts";
import { makeConsentStore } from "#aws/stores/consent-store.ts";
import { makeIdentityStore } from "#aws/stores/identity-store.ts";
import { makeProfileStore } from "#aws/stores/profile-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { makeTimerStore } from "#aws/stores/timer-store.ts";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { makeFoldHandler } from "#functions/fold/make-fold-handler.ts";
import { makeIndexHandler } from "#functions/index/make-index-handler.ts";
import { makeFollowPorts } from "../../support/follow-ports.ts";
import type { ShardRecord } from "../../support/memory-kinesis.ts";
import { WrongAnswerError } from "../benchmark.ts";
import { EVENT_STREAM, makeCollector } from "../population/collector.ts";
import type { ShopRequest } from "../population/shop-requests.ts";
import { makeCountedDynamo } from "./counted-dynamo.ts";
import { makeCountedKinesis } from "./counted-kinesis.ts";

export const FACT_STREAM = "FactStream";
/** As the event source mappings are deployed. */
export const RECORDS_A_BATCH = 500;

/** How often each function ran, and the processor time that it took, in seconds. */
export interface FunctionCounts {
  invocations: number;
  cpuSeconds: number;
}

/** Collect → EventStream → fold → FactStream → index: the real handlers and adapters over clients that count. Retries of
 *  the SDK and of Lambda do not happen here; a batch that is not wholly done is an error. */
export function makeCountedPipeline(bundle: CompiledBundle) {
  const dynamo = makeCountedDynamo();
  const kinesis = makeCountedKinesis();
  const functions = { collect: noCounts(), fold: noCounts(), index: noCounts() };
  let now = 0;
  const surroundings = {
    now: () => now,
    count: () => {},
    failedEvents: { store: () => Promise.reject(new WrongAnswerError("an event failed")) },
  };
  const profiles = makeProfileStore({ dynamo: dynamo.client, table: "Profiles" });
  const collect = makeCollector(bundle, kinesis.client, () => now);
  const fold = makeFoldHandler(
    {
      ...surroundings,
      profiles,
      timers: makeTimerStore({ dynamo: dynamo.client, table: "Timers" }),
      identities: makeIdentityStore({ dynamo: dynamo.client, table: "Identities" }),
      activity: makeActivityStore({ dynamo: dynamo.client, table: "Activity" }),
      ...makeFollowPorts(),
      consents: makeConsentStore({ dynamo: dynamo.client, table: "Consents" }),
      conflicts: makeConflictStore({ dynamo: dynamo.client, table: "Metrics" }),
      facts: makeFactStream({ kinesis: kinesis.client, stream: FACT_STREAM }),
      definitions: { get: async () => bundle, atLeast: async () => bundle },
      failedEvents: { ...surroundings.failedEvents, list: never, read: never, remove: never },
      stream: EVENT_STREAM,
    },
    ({ error }) => {
      throw error;
    },
  );
  const index = makeIndexHandler(
    {
      ...surroundings,
      profiles,
      tags: makeTagStore({ dynamo: dynamo.client, table: "Tags", now: () => now }),
      stream: FACT_STREAM,
    },
    (error) => {
      throw error;
    },
  );

  return {
    dynamo,
    kinesis,
    functions,
    profiles,
    /** Takes in requests, then lets the fold and the index catch up. */
    async run(requests: readonly ShopRequest[]): Promise<void> {
      for (const { sentAt, body } of requests) {
        now = sentAt;
        await timed(functions.collect, () => collect(body));
      }
      for (const event of batchesOf(kinesis.take(EVENT_STREAM))) await timed(functions.fold, () => fold(event));
      for (const event of batchesOf(kinesis.take(FACT_STREAM))) await timed(functions.index, () => index(event));
    },
    reset(): void {
      dynamo.reset();
      kinesis.reset();
      for (const counts of Object.values(functions)) Object.assign(counts, noCounts());
    },
  };
}

const noCounts = (): FunctionCounts => ({ invocations: 0, cpuSeconds: 0 });
const never = () => Promise.reject(new WrongAnswerError("nothing failed"));

async function timed(counts: FunctionCounts, invoke: () => Promise<unknown>): Promise<void> {
  const before = process.cpuUsage();
  await invoke();
  const { user, system } = process.cpuUsage(before);
  counts.invocations++;
  counts.cpuSeconds += (user + system) / 1e6;
}

function batchesOf(records: readonly ShardRecord[]): KinesisStreamEvent[] {
  const batches = Math.ceil(records.length / RECORDS_A_BATCH);
  return Array.from({ length: batches }, (_, n) => ({
    Records: records.slice(n * RECORDS_A_BATCH, (n + 1) * RECORDS_A_BATCH).map(toLambdaRecord),
  }));
}

function toLambdaRecord({ sequenceNumber, partitionKey, data }: ShardRecord): KinesisStreamRecord {
  return {
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey,
      sequenceNumber,
      data: Buffer.from(data).toString("base64"),
      approximateArrivalTimestamp: 0,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-0:${sequenceNumber}`,
    eventName: "aws:kinesis:record",
    invokeIdentityArn: "",
    awsRegion: "",
    eventSourceARN: "",
  };
}
