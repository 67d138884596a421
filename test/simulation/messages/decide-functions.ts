import type { KinesisStreamBatchResponse, KinesisStreamEvent, SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { makeJourneyPorts } from "#aws/journey-ports.ts";
import { processMessages } from "#aws/queue.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import type { Campaign } from "#domain/journeys/due-campaigns.ts";
import { endWaits } from "#domain/journeys/end-waits.ts";
import { enterCampaign } from "#domain/journeys/enter-campaign.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { makeDecideHandler } from "#functions/decide/make-decide-handler.ts";
import { makeWakePorts } from "#functions/wake/context.ts";
import { CampaignMessage, DueMessage } from "#functions/wake/due-message.ts";
import { wake } from "#functions/wake/wake.ts";
import { workCampaign } from "#functions/wake/work-campaign.ts";
import { workShard } from "#functions/wake/work-shard.ts";
import { CONFIG, type Equipment } from "../functions.ts";
import { MESSAGE_CONFIG } from "./message-config.ts";
import { secrets } from "./secrets.ts";

/** Figures for people, which the simulation does not judge. */
const refusals = { note: () => {}, flush: async () => {} };

/** Deciding and waking as they are deployed, beside the functions of `functions.ts`. */
export const decideFunctions = {
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
    const campaigns = makeWorkQueue<CampaignMessage>({ sqs, url: CONFIG.STRATA_QUEUE_DUE, sleep: sandbox.sleep });
    return () => wake({ ...ports, due, campaigns }, few);
  },

  wakeDue(equipment: Equipment): (event: SQSEvent) => Promise<SQSBatchResponse> {
    const ports = wakePorts(equipment);
    const { newId, sandbox, dynamo, tell } = equipment;
    const journeys = { ...journeyPorts(equipment), refusals };
    const campaigns = {
      ...ports,
      tags: makeTagStore({ dynamo, table: CONFIG.STRATA_TABLE_TAGS, now: sandbox.now }),
      enterCampaign: (id: ProfileId, campaign: Campaign) => enterCampaign(journeys, id, campaign),
    };
    return (event) =>
      processMessages(
        event,
        z.union([DueMessage, CampaignMessage]),
        (message) =>
          "campaign" in message
            ? workCampaign(campaigns, message.campaign, newId())
            : workShard(ports, message, newId()),
        (error) => tell(() => `${sandbox.name} fails: ${String(error)}`),
      );
  },
};

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
