import { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import type { FunctionGrants } from "./function-grants.ts";
import type { FunctionEnvironment } from "./strata-function.ts";
import { WorkQueue } from "./work-queue.ts";

export const channels = ["Email", "Sms", "Push", "Wechat", "Webhook", "Inapp", "Log"] as const;
export type Channel = (typeof channels)[number];

/** Of a sender: what a batch may take at worst is beside the number of touches that share a message (`packTouches`). */
export const sendTimeout = Duration.minutes(1);
/** A second's worth of touches is sent together: with full batches a touch takes 0.15 calls of SQS. */
export const sendWindow = Duration.seconds(1);

/** One queue a channel, so that a provider that does not answer delays no other channel. It carries ids of touches, and
 *  test messages whole. */
export class ChannelQueues extends Construct {
  readonly #queues: ReadonlyMap<Channel, WorkQueue>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#queues = new Map(
      channels.map((channel) => [
        channel,
        new WorkQueue(this, `${channel}Queue`, {
          consumerTimeout: sendTimeout,
          batchingWindow: sendWindow,
          // A campaign waits for its channel's rate.
          alarmAge: Duration.hours(6),
        }),
      ]),
    );
  }

  queue(channel: Channel): WorkQueue {
    const queue = this.#queues.get(channel);
    if (queue === undefined) throw new Error(`no channel ${channel}`);
    return queue;
  }

  /** The settings of a function that requests touches. */
  settings() {
    const url = (channel: Channel): string => this.queue(channel).queue.queueUrl;
    return {
      STRATA_QUEUE_EMAIL: url("Email"),
      STRATA_QUEUE_SMS: url("Sms"),
      STRATA_QUEUE_PUSH: url("Push"),
      STRATA_QUEUE_WECHAT: url("Wechat"),
      STRATA_QUEUE_WEBHOOK: url("Webhook"),
      STRATA_QUEUE_INAPP: url("Inapp"),
      STRATA_QUEUE_LOG: url("Log"),
    } satisfies FunctionEnvironment;
  }

  grantSend(grants: FunctionGrants): void {
    for (const queue of this.#queues.values()) queue.grantSend(grants);
  }
}
