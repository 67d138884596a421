import type { KinesisStreamBatchResponse, KinesisStreamEvent } from "aws-lambda";
import { makeDynamo, makeKinesis, makeS3, makeSecretsManager, makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { JOURNEY_SETTINGS, makeJourneyPorts } from "#aws/journey-ports.ts";
import { makeTelemetry } from "#aws/telemetry.ts";
import { makeDecideHandler } from "./make-decide-handler.ts";

const { count, flush, log } = makeTelemetry("decide");
const clients = {
  dynamo: makeDynamo(),
  s3: makeS3(),
  kinesis: makeKinesis(),
  sqs: makeSqs(),
  secrets: makeSecretsManager(),
};
const ports = makeJourneyPorts(readConfig(...JOURNEY_SETTINGS), clients, { now: () => Date.now(), count });
const decide = makeDecideHandler({ ...ports, count }, (error, { kinesis }) =>
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
