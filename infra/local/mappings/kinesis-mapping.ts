import { setTimeout as delay } from "node:timers/promises";
import type { InvocationOutcome } from "../handlers/function-host.ts";
import type { ShardReader, StreamRecord } from "../stream/shard-reader.ts";
import type { MappingPlan } from "../template/deployment.ts";
import { backOffMs } from "./back-off.ts";
import { Checkpoints } from "./checkpoints.ts";
import { deliverBatch } from "./deliver-batch.ts";
import { makeInvocationRecord } from "./invocation-record.ts";
import { makeKinesisEvent } from "./kinesis-event.ts";
import { ShardConsumer } from "./shard-consumer.ts";

interface MappingOptions {
  readonly plan: MappingPlan;
  readonly reader: ShardReader;
  readonly checkpointFolder: string;
  readonly now: () => number;
  /** Milliseconds to wait before a delivery's nth retry. */
  readonly backOffMs?: (attempt: number) => number;
  invoke(event: unknown): Promise<InvocationOutcome>;
  putObject(bucket: string, key: string, body: string): Promise<void>;
  report(error: unknown): void;
}

/** A Kinesis event source mapping: feeds a function from every shard of a stream, from where it stopped the last time. */
export class KinesisMapping {
  readonly plan: MappingPlan;
  readonly #options: MappingOptions;
  readonly #checkpoints: Checkpoints;
  readonly #stopping = new AbortController();
  #consumers: ShardConsumer[] = [];
  #running: Promise<unknown> = Promise.resolve();
  #failing = 0;

  constructor(options: MappingOptions) {
    this.plan = options.plan;
    this.#options = options;
    this.#checkpoints = new Checkpoints(options.checkpointFolder, options.plan.id, (shardId, sequenceNumber) =>
      options.reader.release(options.plan.id, shardId, sequenceNumber),
    );
  }

  /** Rejects where the stream's shards cannot be listed. */
  async start(): Promise<void> {
    const { plan, reader } = this.#options;
    const shards = await reader.listShards();
    const passed = this.#checkpoints.resume(shards.length);
    reader.register(plan.id, passed);
    this.#consumers = shards.map((shardId) => this.#consume(shardId, passed.get(shardId)));
    this.#running = Promise.all(this.#consumers.map((consumer) => consumer.run()));
  }

  get backlog(): number {
    return this.#consumers.reduce((sum, { backlog }) => sum + backlog, 0);
  }

  /** Batches that failed and wait for their next attempt. */
  get failing(): number {
    return this.#failing;
  }

  /** Delivers what is gathered without waiting for the batching window. */
  hurry(): void {
    for (const consumer of this.#consumers) consumer.hurry();
  }

  /** Lets invocations that run come to their end. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const consumer of this.#consumers) consumer.stop();
    await this.#running;
    this.#checkpoints.save();
  }

  #consume(shardId: string, passed: string | undefined): ShardConsumer {
    const { plan, reader, report } = this.#options;
    return new ShardConsumer({
      shardId,
      reader,
      passed,
      lanes: plan.parallelizationFactor,
      batchSize: plan.batchSize,
      windowMs: plan.windowMs,
      deliver: (batch, finish) => this.#deliver(shardId, batch, finish),
      onPassed: (sequenceNumber) => this.#checkpoints.advance(shardId, sequenceNumber),
      report,
    });
  }

  /** False where the mapping stopped before the end. */
  async #deliver(
    shardId: string,
    batch: readonly StreamRecord[],
    finish: (batch: readonly StreamRecord[]) => void,
  ): Promise<boolean> {
    try {
      await deliverBatch(batch, this.plan, {
        invoke: (pending) => this.#invoke(makeKinesisEvent(pending, shardId, this.plan.streamArn)),
        finish,
        giveUp: (pending, attempts, requestId, failure) => this.#keep(shardId, pending, attempts, requestId, failure),
        backOff: (attempt) => this.#backOff(attempt),
      });
      return true;
    } catch (error) {
      if (error instanceof StoppedError) return false;
      throw error;
    }
  }

  async #invoke(event: unknown): Promise<InvocationOutcome> {
    const outcome = await this.#options.invoke(event);
    // An environment that was stopped with the runtime says nothing about the batch.
    if (!outcome.ok && this.#stopping.signal.aborted) throw new StoppedError();
    return outcome;
  }

  async #backOff(attempt: number): Promise<void> {
    const { signal } = this.#stopping;
    this.#failing += 1;
    await delay((this.#options.backOffMs ?? backOffMs)(attempt), undefined, { signal }).catch(() => undefined);
    this.#failing -= 1;
    if (signal.aborted) throw new StoppedError();
  }

  async #keep(
    shardId: string,
    batch: readonly StreamRecord[],
    attempts: number,
    requestId: string,
    failure: "error" | "items",
  ): Promise<void> {
    const { id: mappingId, functionArn, streamArn, onFailureBucket } = this.plan;
    if (onFailureBucket === undefined) {
      this.#options.report(new Error(`${mappingId} dropped ${batch.length} records after ${attempts} attempts`));
      return;
    }
    const at = this.#options.now();
    const given = { mappingId, functionArn, streamArn, shardId, batch, attempts, requestId, failure, at };
    const { key, body } = makeInvocationRecord(given);
    // The records are lost if this is: go on trying for as long as the runtime lives.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#options.putObject(onFailureBucket, key, body);
        return;
      } catch (error) {
        this.#options.report(error);
        await this.#backOff(attempt);
      }
    }
  }
}

/** The runtime stops; what is not finished is delivered again after a restart. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
  readonly code = "mapping_stopped";
}
