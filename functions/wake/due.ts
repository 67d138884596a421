import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import * as z from "zod";
import { readConfig } from "#aws/config.ts";
import { processMessages } from "#aws/queue.ts";
import { makeRefusalStore } from "#aws/stores/refusal-store.ts";
import { makeTagStore } from "#aws/stores/tag-store.ts";
import { newTimeOrderedId } from "#aws/time-ordered-id.ts";
import { enterCampaign } from "#domain/journeys/enter-campaign.ts";
import { makeRefusalTally } from "#domain/journeys/refusal-tally.ts";
import { makeWakeContext } from "./context.ts";
import { CampaignMessage, DueMessage } from "./due-message.ts";
import { type CampaignWorkPorts, workCampaign } from "./work-campaign.ts";
import { workShard } from "./work-shard.ts";

const { ports, journeys, clients, telemetry } = makeWakeContext("wake-due");
const { STRATA_TABLE_TAGS, STRATA_TABLE_METRICS } = readConfig("STRATA_TABLE_TAGS", "STRATA_TABLE_METRICS");
const refusals = makeRefusalTally(
  makeRefusalStore({ dynamo: clients.dynamo, table: STRATA_TABLE_METRICS }),
  (error, lost) => telemetry.log.warn("refusals_not_counted", { lost, error: error as Error }),
);
const campaigns: CampaignWorkPorts = {
  ...ports,
  tags: makeTagStore({ dynamo: clients.dynamo, table: STRATA_TABLE_TAGS, now: ports.now }),
  enterCampaign: (id, campaign) => enterCampaign({ ...journeys, refusals }, id, campaign),
};

/** One shard of those who fell due together, or a campaign → profiles and FactStream. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  try {
    const answer = await processMessages(
      event,
      z.union([DueMessage, CampaignMessage]),
      (message) =>
        "campaign" in message
          ? workCampaign(campaigns, message.campaign, newTimeOrderedId())
          : workShard(ports, message, newTimeOrderedId()),
      (error, { messageId }) => telemetry.log.warn("message_failed", { messageId, error: error as Error }),
    );
    await refusals.flush();
    return answer;
  } finally {
    telemetry.flush();
  }
}
