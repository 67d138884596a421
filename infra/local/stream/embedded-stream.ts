import { EventEmitter, once } from "node:events";
import { Journal } from "./journal.ts";
import type { JournalEntry } from "./journal-segment.ts";
import { positionOf, sequenceNumberOf } from "./sequence-number.ts";
import type { ShardReader, StreamRecord } from "./shard-reader.ts";
import { hashKey, type Shard, splitKeySpace } from "./shards.ts";

/** A record to put, as PutRecords names its parts. */
export interface PutEntry {
  readonly partitionKey: string;
  readonly explicitHashKey?: string | undefined;
  readonly data: Buffer;
}

/** One stream: shards in memory over a journal on disk. The journal is the truth; a restart reads it. */
export class EmbeddedStream implements ShardReader {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly shards: readonly Shard[];
  readonly #journal: Journal;
  readonly #records: Map<string, JournalEntry[]>;
  /** Consumer, then shard, to the sequence number that it has passed. */
  readonly #passed = new Map<string, Map<string, string>>();
  readonly #arrivals = new EventEmitter().setMaxListeners(0);
  readonly #now: () => number;

  constructor(options: { name: string; arn: string; shards: number; folder: string; now: () => number }) {
    this.name = options.name;
    this.arn = options.arn;
    this.#now = options.now;
    this.createdAt = options.now();
    this.shards = splitKeySpace(options.shards);
    this.#records = new Map(this.shards.map((shard) => [shard.id, []]));
    this.#journal = new Journal(options.folder);
    for (const entry of this.#journal.recover()) this.#admit(entry);
  }

  /** Journals the records, then makes them readable. Throws where the disk refuses; then none was taken. */
  put(records: readonly PutEntry[]): { shardId: string; sequenceNumber: string }[] {
    const arrivedAt = this.#now();
    const entries = this.#journal.append(records.map((record) => ({ ...record, arrivedAt })));
    const placed = entries.map((entry) => ({
      shardId: this.#admit(entry),
      sequenceNumber: sequenceNumberOf(entry.position),
    }));
    this.#arrivals.emit("put");
    return placed;
  }

  listShards(): Promise<string[]> {
    return Promise.resolve(this.shards.map((shard) => shard.id));
  }

  read(shardId: string, after: string | undefined, limit: number): Promise<StreamRecord[]> {
    return Promise.resolve(this.readNow(shardId, after, limit));
  }

  /** Records of a shard after a sequence number, oldest first. */
  readNow(shardId: string, after: string | undefined, limit: number): StreamRecord[] {
    const entries = this.#entriesOf(shardId);
    const start = this.#indexAfter(entries, after);
    return entries.slice(start, start + limit).map(toStreamRecord);
  }

  /** How many records of a shard lie after a sequence number. */
  countAfter(shardId: string, after: string | undefined): number {
    const entries = this.#entriesOf(shardId);
    return entries.length - this.#indexAfter(entries, after);
  }

  latestSequenceNumber(): string {
    return sequenceNumberOf(this.#journal.next - 1);
  }

  async waitForArrival(signal: AbortSignal): Promise<void> {
    await once(this.#arrivals, "put", { signal }).catch(() => undefined);
  }

  /** From now on records stay until this consumer has passed them too. */
  register(consumer: string, passed: ReadonlyMap<string, string>): void {
    this.#passed.set(consumer, new Map(passed));
  }

  /** A consumer is through with a shard's records up to this one. Frees what nobody needs any more. */
  release(consumer: string, shardId: string, passed: string): void {
    this.#passed.get(consumer)?.set(shardId, passed);
    const gone = this.#journal.dropThrough(this.#needed() - 1);
    for (const entries of this.#records.values()) {
      const kept = entries.findIndex((entry) => entry.position > gone);
      entries.splice(0, kept === -1 ? entries.length : kept);
    }
  }

  close(): void {
    this.#journal.close();
  }

  /** The oldest position that some consumer has still to pass. */
  #needed(): number {
    const waiting = [...this.#passed.values()].flatMap((passed) =>
      this.shards.map(({ id }) => {
        const entries = this.#entriesOf(id);
        return entries[this.#indexAfter(entries, passed.get(id))]?.position ?? this.#journal.next;
      }),
    );
    return Math.min(...waiting);
  }

  #admit(entry: JournalEntry): string {
    const key = hashKey(entry.partitionKey, entry.explicitHashKey);
    const shard = this.shards.find(({ to }) => key <= to);
    if (!shard) throw new RangeError(`hash key ${key} is outside of the key space`);
    this.#entriesOf(shard.id).push(entry);
    return shard.id;
  }

  #entriesOf(shardId: string): JournalEntry[] {
    const entries = this.#records.get(shardId);
    if (!entries) throw new RangeError(`stream ${this.name} has no shard ${shardId}`);
    return entries;
  }

  #indexAfter(entries: readonly JournalEntry[], after: string | undefined): number {
    if (after === undefined) return 0;
    const position = positionOf(after);
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((entries[middle]?.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function toStreamRecord(entry: JournalEntry): StreamRecord {
  return {
    sequenceNumber: sequenceNumberOf(entry.position),
    partitionKey: entry.partitionKey,
    arrivedAt: entry.arrivedAt,
    data: entry.data,
  };
}
