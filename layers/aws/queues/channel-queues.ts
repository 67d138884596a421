import type { SQSClient } from "@aws-sdk/client-sqs";
import type { WorkQueue } from "#domain/ports/work-queue.ts";
import type { ChannelMessage, QueuedMessage } from "#domain/sending/channel-message.ts";
import { ChannelName } from "#events/definitions/template.ts";
import type { readConfig } from "../config.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";
import { gatherMessages } from "./gather-messages.ts";
import { packTouches, TOUCHES_A_MESSAGE } from "./pack-touches.ts";
import { MESSAGES_A_CALL, makeWorkQueue } from "./work-queue.ts";

/** People of one batch are seen to together: what they are to get is asked for within this. */
const GATHER_MS = 50;
const A_FULL_CALL = MESSAGES_A_CALL * TOUCHES_A_MESSAGE;

/** The settings of whoever puts messages into the queues of their channels. */
export const CHANNEL_QUEUE_SETTINGS = [
  "STRATA_QUEUE_EMAIL",
  "STRATA_QUEUE_SMS",
  "STRATA_QUEUE_PUSH",
  "STRATA_QUEUE_WECHAT",
  "STRATA_QUEUE_WEBHOOK",
  "STRATA_QUEUE_INAPP",
  "STRATA_QUEUE_LOG",
] as const;

type Config = Pick<
  ReturnType<typeof readConfig<(typeof CHANNEL_QUEUE_SETTINGS)[number]>>,
  (typeof CHANNEL_QUEUE_SETTINGS)[number]
>;

/** The queue of each channel by its name, which gathers what is sent at about the same time; undefined for a name that is no channel's. */
export function makeChannelQueues(on: {
  sqs: SQSClient;
  config: Config;
  sleep?: Sleep;
}): (channel: string) => WorkQueue<ChannelMessage> | undefined {
  const { config, ...rest } = on;
  const { sleep = realSleep } = on;
  const urls: Record<ChannelName, string> = {
    email: config.STRATA_QUEUE_EMAIL,
    sms: config.STRATA_QUEUE_SMS,
    push: config.STRATA_QUEUE_PUSH,
    wechat: config.STRATA_QUEUE_WECHAT,
    webhook: config.STRATA_QUEUE_WEBHOOK,
    inapp: config.STRATA_QUEUE_INAPP,
    log: config.STRATA_QUEUE_LOG,
  };
  const queues = new Map<string, WorkQueue<ChannelMessage>>(
    ChannelName.options.map((name) => {
      const queue = packTouches(makeWorkQueue<QueuedMessage>({ ...rest, url: urls[name] }));
      return [name, gatherMessages(queue, { full: A_FULL_CALL, pause: () => sleep(GATHER_MS) })];
    }),
  );
  return (channel) => queues.get(channel);
}
