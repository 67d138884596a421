import { makeDynamo, makeS3, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeDefinitionStore } from "#aws/stores/definition-store.ts";
import { makeWorkStore } from "#aws/stores/work-store.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { planRuns } from "./plan-runs.ts";

const config = readConfig("STRATA_TABLE_DEFINITIONS", "STRATA_TABLE_WORK", "STRATA_QUEUE_RETIER", "STRATA_BUCKET");
const telemetry = makeTelemetry("retier-plan");
const dynamo = makeDynamo();
const ports = {
  work: makeWorkStore({ dynamo, table: config.STRATA_TABLE_WORK }),
  queue: makeWorkQueue({ sqs: makeSqs(), url: config.STRATA_QUEUE_RETIER }),
  bundles: makeDefinitionStore({
    dynamo,
    s3: makeS3(),
    table: config.STRATA_TABLE_DEFINITIONS,
    bucket: config.STRATA_BUCKET,
  }),
  now: () => Date.now(),
  newId: newTimeOrderedId,
  count: telemetry.count,
};

/** EventBridge → a run and its slices in the queue. */
export async function handler(event: unknown): Promise<void> {
  try {
    await planRuns(ports, event);
  } finally {
    telemetry.flush();
  }
}
