import { setTimeout as delay } from "node:timers/promises";
import {
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import type { ShardReader, StreamRecord } from "./shard-reader.ts";

/** Kinesis answers five reads a second for a shard (API reference, GetRecords). */
const pollMs = 250;

/** A stream on another backend (`--backend`): it keeps its own records, so nothing is journaled here. */
export class RemoteStream implements ShardReader {
  readonly #client: KinesisClient;
  readonly #StreamName: string;
  readonly #iterators = new Map<string, { iterator: string | undefined; after: string | undefined }>();

  constructor(client: KinesisClient, name: string) {
    this.#client = client;
    this.#StreamName = name;
  }

  async listShards(): Promise<string[]> {
    const { Shards = [] } = await this.#client.send(new ListShardsCommand({ StreamName: this.#StreamName }));
    return Shards.flatMap(({ ShardId }) => ShardId ?? []);
  }

  async read(shardId: string, after: string | undefined, limit: number): Promise<StreamRecord[]> {
    const ShardIterator = await this.#iteratorFor(shardId, after);
    try {
      const { Records = [], NextShardIterator } = await this.#client.send(
        new GetRecordsCommand({ ShardIterator, Limit: limit }),
      );
      const records = Records.map((record) => ({
        sequenceNumber: record.SequenceNumber ?? "",
        partitionKey: record.PartitionKey ?? "",
        arrivedAt: record.ApproximateArrivalTimestamp?.getTime() ?? 0,
        data: record.Data ?? new Uint8Array(),
      }));
      const next = { iterator: NextShardIterator, after: records.at(-1)?.sequenceNumber ?? after };
      this.#iterators.set(shardId, next);
      return records;
    } catch (error) {
      if (error instanceof ExpiredIteratorException) this.#iterators.delete(shardId);
      throw error;
    }
  }

  async waitForArrival(signal: AbortSignal): Promise<void> {
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }

  countAfter(): undefined {
    return undefined;
  }

  register(): void {}

  release(): void {}

  async #iteratorFor(shardId: string, after: string | undefined): Promise<string | undefined> {
    const known = this.#iterators.get(shardId);
    if (known?.iterator !== undefined && known.after === after) return known.iterator;
    const { ShardIterator } = await this.#client.send(
      new GetShardIteratorCommand({
        StreamName: this.#StreamName,
        ShardId: shardId,
        ...(after === undefined
          ? { ShardIteratorType: "TRIM_HORIZON" }
          : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: after }),
      }),
    );
    return ShardIterator;
  }
}
