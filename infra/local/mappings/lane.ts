import type { StreamRecord } from "../stream/shard-reader.ts";
import { countFitting } from "./kinesis-event.ts";
import { Signal } from "./signal.ts";

interface LaneOptions {
  readonly batchSize: number;
  readonly windowMs: number;
  /** False where it was stopped before the end. */
  deliver(batch: readonly StreamRecord[]): Promise<boolean>;
}

/** One of a shard's concurrent sequences: its partition keys' records are delivered one batch after another. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: StreamRecord[] = [];
  readonly #changed = new Signal();
  #hurried = false;
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(record: StreamRecord): void {
    this.#queue.push(record);
    this.#changed.raise();
  }

  /** Ends the batching window that is open now. */
  hurry(): void {
    this.#hurried = this.#queue.length > 0;
    this.#changed.raise();
  }

  stop(): void {
    this.#stopped = true;
    this.#changed.raise();
  }

  /** Runs until it is stopped. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      if (this.#queue.length === 0) {
        await this.#changed.wait();
        continue;
      }
      await this.#gather();
      if (this.#stopped) return;
      const batch = this.#queue.splice(0, countFitting(this.#queue, this.#options.batchSize));
      if (!(await this.#options.deliver(batch))) return;
    }
  }

  /** Waits until the batch is full or its window is over. */
  async #gather(): Promise<void> {
    const closesAt = performance.now() + this.#options.windowMs;
    while (!this.#stopped && !this.#hurried && this.#queue.length < this.#options.batchSize) {
      const left = closesAt - performance.now();
      if (left <= 0) break;
      await this.#changed.wait(left);
    }
    this.#hurried = false;
  }
}
