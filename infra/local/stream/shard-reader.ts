/** A record as a consumer sees it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  readonly data: Uint8Array;
}

/** What an event source mapping needs of a stream, embedded or elsewhere. */
export interface ShardReader {
  listShards(): Promise<string[]>;
  /** Oldest first; from the oldest record that there is where `after` is left out. */
  read(shardId: string, after: string | undefined, limit: number): Promise<StreamRecord[]>;
  /** Returns when there may be something new, or when the signal aborts. */
  waitForArrival(signal: AbortSignal): Promise<void>;
  /** Records after a sequence number that are there to be read; undefined where the backend does not say. */
  countAfter(shardId: string, after: string | undefined): number | undefined;
  /** Registers a consumer with what it has passed in each shard, so that the records after that are kept. */
  register(consumer: string, passed: ReadonlyMap<string, string>): void;
  /** The consumer has passed every record of the shard up to this one. */
  release(consumer: string, shardId: string, passed: string): void;
}
