import path from "node:path";
import type { QueuePlan } from "../template/deployment.ts";
import { MessageQueue } from "./message-queue.ts";

/** Every queue of the app. */
export class MessageQueues {
  readonly #queues = new Map<string, MessageQueue>();
  readonly #folder: string;
  readonly #now: () => number;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Opens queues with the messages that their logs hold. Throws where a queue's dead letters go to none of them. */
  open(plans: readonly QueuePlan[]): void {
    for (const plan of plans) {
      const { redrive } = plan;
      const folder = path.join(this.#folder, plan.queueName);
      const deadLetters = redrive && (() => this.byArn(redrive.arn));
      this.#queues.set(plan.queueName, new MessageQueue({ plan, folder, now: this.#now, deadLetters }));
    }
    for (const { redrive } of plans) if (redrive) this.byArn(redrive.arn);
  }

  /** By the name at the end of its URL; undefined where there is none. */
  find(queueName: string): MessageQueue | undefined {
    return this.#queues.get(queueName);
  }

  /** Throws where no queue has this ARN. */
  byArn(arn: string): MessageQueue {
    const queue = this.#queues.get(arn.slice(arn.lastIndexOf(":") + 1));
    if (!queue) throw new Error(`${arn} is no queue of the app`);
    return queue;
  }

  all(): MessageQueue[] {
    return [...this.#queues.values()];
  }

  close(): void {
    for (const queue of this.#queues.values()) queue.close();
  }
}
