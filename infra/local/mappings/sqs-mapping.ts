import { setTimeout as delay } from "node:timers/promises";
import type { InvocationOutcome } from "../handlers/function-host.ts";
import type { MessageQueue, ReceivedMessage } from "../queue/message-queue.ts";
import type { QueueMappingPlan } from "../template/deployment.ts";
import { backOffMs } from "./back-off.ts";
import { findFailedMessages } from "./failed-messages.ts";
import { makeSqsEvent, maximumBodyBytes } from "./sqs-event.ts";

interface MappingOptions {
  readonly plan: QueueMappingPlan;
  readonly queue: MessageQueue;
  /** Invocations at once, where the template allows that many. */
  readonly workers: number;
  /** Milliseconds until a message that failed for the nth time is visible again, where its queue would keep it longer. */
  readonly backOffMs?: (attempt: number) => number;
  invoke(event: unknown): Promise<InvocationOutcome>;
  report(error: unknown): void;
}

/** How often a mapping looks whether a delay or a visibility timeout has run out on the steered clock, ms. */
const lookMs = 100;
/** How long to wait after the queue itself refused something. */
const troubleMs = 500;

/** An SQS event source mapping: feeds a function from a queue, deletes what succeeded, gives back what failed. */
export class SqsMapping {
  readonly plan: QueueMappingPlan;
  readonly #options: MappingOptions;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: MappingOptions) {
    this.plan = options.plan;
    this.#options = options;
  }

  start(): void {
    const workers = Math.min(this.#options.workers, this.plan.maximumConcurrency);
    this.#running = Promise.all(Array.from({ length: workers }, () => this.#work()));
  }

  /** Messages that are there for the function or with it, those included that failed and wait for their next attempt. */
  get backlog(): number {
    const { visible, inFlight } = this.#options.queue.counts();
    return visible + inFlight;
  }

  /** Messages that failed and are still there. */
  get failing(): number {
    return this.#options.queue.failing;
  }

  /** Lets invocations that run come to their end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #work(): Promise<void> {
    const { queue, report } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await this.#gather();
        const batch = signal.aborted ? [] : queue.receive(this.plan.batchSize, undefined, maximumBodyBytes);
        if (batch.length > 0) await this.#deliver(batch);
      } catch (error) {
        report(error);
        await delay(troubleMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Returns when there is a full batch, or a first message whose batching window is over. */
  async #gather(): Promise<void> {
    const { queue } = this.#options;
    const { signal } = this.#stopping;
    let closesAt = Number.POSITIVE_INFINITY;
    while (!signal.aborted) {
      const { visible } = queue.counts();
      if (visible >= this.plan.batchSize) return;
      if (visible > 0) closesAt = Math.min(closesAt, performance.now() + this.plan.windowMs);
      const left = closesAt - performance.now();
      if (left <= 0) return;
      await queue.waitForArrival(Math.min(lookMs, left));
    }
  }

  async #deliver(batch: readonly ReceivedMessage[]): Promise<void> {
    const { queue, invoke } = this.#options;
    const outcome = await invoke(makeSqsEvent(batch, this.plan.queueArn));
    // An environment that was stopped with the runtime says nothing about the batch: it comes again after a restart.
    if (!outcome.ok && this.#stopping.signal.aborted) return;
    const failed = outcome.ok ? this.#findFailed(outcome.payload, batch) : batch;
    queue.remove(batch.filter((message) => !failed.includes(message)).map(({ receipt }) => receipt));
    for (const { receipt, receives } of failed) {
      const wait = (this.#options.backOffMs ?? backOffMs)(receives);
      queue.changeVisibility(receipt, Math.min(wait, queue.plan.visibilityTimeoutMs));
    }
  }

  #findFailed(payload: string, batch: readonly ReceivedMessage[]): readonly ReceivedMessage[] {
    return this.plan.reportsItemFailures ? findFailedMessages(payload, batch) : [];
  }
}
