import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { JOURNEY_SETTINGS, makeJourneyPorts } from "#aws/journey-ports.ts";
import { makeRefusalStore } from "#aws/stores/refusal-store.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeRefusalTally } from "#domain/journeys/refusal-tally.ts";
import { makeDecideHandler } from "./make-decide-handler.ts";

const { count, flush, log } = makeTelemetry("decide");
const clients = {
  dynamo: makeDynamo(),
  s3: makeS3(),
  kinesis: makeKinesis(),
  sqs: makeSqs(),
  secrets: makeSecretsManager(),
};
const config = readConfig(...JOURNEY_SETTINGS, "STRATA_TABLE_METRICS");
const ports = makeJourneyPorts(config, clients, { now: () => Date.now(), count });
const refusals = makeRefusalTally(
  makeRefusalStore({ dynamo: clients.dynamo, table: config.STRATA_TABLE_METRICS }),
  (error, lost) => log.warn("refusals_not_counted", { lost, error: error as Error }),
);
const decide = makeDecideHandler({ ...ports, refusals, count }, (error, { kinesis }) =>
  log.warn("record_failed", { sequenceNumber: kinesis.sequenceNumber, error: error as Error }),
);

/** FactStream → journeys: who enters, walks on and is to be reached. */
export async function handler(event: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> {
  try {
    return await decide(event);
  } finally {
    flush();
  }
}
