import { createHash } from "node:crypto";
import type { ShardReader, StreamRecord } from "../stream/shard-reader.ts";
import { Lane } from "./lane.ts";
import { Progress } from "./progress.ts";
import { Signal } from "./signal.ts";

interface ShardConsumerOptions {
  readonly shardId: string;
  readonly reader: ShardReader;
  readonly passed: string | undefined;
  readonly lanes: number;
  readonly batchSize: number;
  readonly windowMs: number;
  deliver(batch: readonly StreamRecord[], finish: (batch: readonly StreamRecord[]) => void): Promise<boolean>;
  onPassed(sequenceNumber: string): void;
  report(error: unknown): void;
}

const retryReadMs = 500;

/** Reads one shard in order and spreads it over lanes by partition key, as the parallelization factor says. */
export class ShardConsumer {
  readonly #options: ShardConsumerOptions;
  readonly #progress: Progress;
  readonly #lanes: Lane[];
  readonly #stopping = new AbortController();
  readonly #room = new Signal();
  #cursor: string | undefined;

  constructor(options: ShardConsumerOptions) {
    this.#options = options;
    this.#cursor = options.passed;
    this.#progress = new Progress(options.passed);
    this.#lanes = Array.from(
      { length: options.lanes },
      () =>
        new Lane({
          batchSize: options.batchSize,
          windowMs: options.windowMs,
          deliver: (batch) => options.deliver(batch, (finished) => this.#finish(finished)),
        }),
    );
  }

  /** Records that are not through, those that are still to be read included where the backend says how many. */
  get backlog(): number {
    const { reader, shardId } = this.#options;
    return this.#progress.unfinished + (reader.countAfter(shardId, this.#cursor) ?? 0);
  }

  hurry(): void {
    for (const lane of this.#lanes) lane.hurry();
  }

  /** Runs until `stop`. */
  async run(): Promise<void> {
    await Promise.all([this.#read(), ...this.#lanes.map((lane) => lane.run())]);
  }

  stop(): void {
    this.#stopping.abort();
    this.#room.raise();
    for (const lane of this.#lanes) lane.stop();
  }

  async #read(): Promise<void> {
    const { reader, shardId, batchSize, lanes } = this.#options;
    const { signal } = this.#stopping;
    // Two rounds of full batches: the lanes never starve and memory stays bounded.
    const bufferSize = 2 * batchSize * lanes;
    while (!signal.aborted) {
      try {
        const free = bufferSize - this.#progress.unfinished;
        const records = free > 0 ? await reader.read(shardId, this.#cursor, Math.min(free, 10_000)) : [];
        this.#admit(records);
        if (free <= 0) await this.#room.wait();
        else if (records.length === 0) await reader.waitForArrival(signal);
      } catch (error) {
        this.#options.report(error);
        await this.#room.wait(retryReadMs);
      }
    }
  }

  #admit(records: readonly StreamRecord[]): void {
    this.#progress.begin(records.map(({ sequenceNumber }) => sequenceNumber));
    for (const record of records) this.#laneOf(record.partitionKey)?.push(record);
    this.#cursor = records.at(-1)?.sequenceNumber ?? this.#cursor;
  }

  #laneOf(partitionKey: string): Lane | undefined {
    return this.#lanes[createHash("md5").update(partitionKey).digest().readUInt32BE() % this.#lanes.length];
  }

  #finish(batch: readonly StreamRecord[]): void {
    const moved = this.#progress.finish(batch.map(({ sequenceNumber }) => sequenceNumber));
    if (moved && this.#progress.passed !== undefined) this.#options.onPassed(this.#progress.passed);
    this.#room.raise();
  }
}
