import { makeSqs } from "#aws/clients.ts";
import { readConfig } from "#aws/config.ts";
import { makeWorkQueue } from "#aws/queues/work-queue.ts";
import { makeWakeContext } from "./context.ts";
import type { CampaignMessage, DueMessage } from "./due-message.ts";
import { wake } from "./wake.ts";

const { ports, telemetry } = makeWakeContext("wake");
const { STRATA_QUEUE_DUE } = readConfig("STRATA_QUEUE_DUE");
const queue = { sqs: makeSqs(), url: STRATA_QUEUE_DUE };
const due = makeWorkQueue<DueMessage>(queue);
const campaigns = makeWorkQueue<CampaignMessage>(queue);

/** Every minute: timers that have come → profiles and FactStream, or the queue where they are many. */
export async function handler(): Promise<void> {
  try {
    await wake({ ...ports, due, campaigns });
  } finally {
    telemetry.flush();
  }
}
