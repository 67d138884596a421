import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";

/** A record as a shard holds it. */
export interface ShardRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
}

export interface MemoryKinesis {
  /** Executes PutRecords at once. `refused` names the entries (by position) that are answered with a throttling. */
  execute(command: object, refused?: ReadonlySet<number>): object;
  readonly client: KinesisClient;
  /** The shards of a stream, each with its records in the order in which they were accepted. */
  shards(stream: string): readonly (readonly ShardRecord[])[];
  /** Hears of every record that a stream accepts. */
  onRecord(listener: (stream: string, shard: number, record: ShardRecord) => void): void;
}

/** Kinesis in memory: streams of a fixed number of shards that begin when first written. Sequence numbers grow over the
 *  whole stream, and a key's records all lie in one shard. */
export function makeMemoryKinesis(shardCount: number): MemoryKinesis {
  const streams = new Map<string, ShardRecord[][]>();
  const listeners: ((stream: string, shard: number, record: ShardRecord) => void)[] = [];
  let sequence = 0;

  function shardsOf(stream: string): ShardRecord[][] {
    const known = streams.get(stream);
    if (known) return known;
    const shards = Array.from({ length: shardCount }, (): ShardRecord[] => []);
    streams.set(stream, shards);
    return shards;
  }

  function execute(command: object, refused: ReadonlySet<number> = new Set()): object {
    if (!(command instanceof PutRecordsCommand)) {
      throw new TypeError(`the Kinesis in memory does not know ${command.constructor.name}`);
    }
    const { StreamName = "", Records = [] } = command.input;
    if (Records.length === 0 || Records.length > 500) throw new RangeError(`PutRecords of ${Records.length} records`);
    const answers = Records.map(({ PartitionKey = "", Data }, n) => {
      if (Data === undefined || PartitionKey === "") throw new TypeError("a record without data or key");
      if (refused.has(n)) return { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "slow down" };
      const shard = hashKey(PartitionKey) % shardCount;
      const record = {
        sequenceNumber: String(++sequence).padStart(20, "0"),
        partitionKey: PartitionKey,
        data: Uint8Array.from(Data),
      };
      shardsOf(StreamName)[shard]?.push(record);
      for (const listener of listeners) listener(StreamName, shard, record);
      return { SequenceNumber: record.sequenceNumber, ShardId: `shardId-${shard}` };
    });
    return { FailedRecordCount: refused.size, Records: answers };
  }

  return {
    execute,
    client: { send: async (command: object) => execute(command) } as unknown as KinesisClient,
    shards: shardsOf,
    onRecord: (listener) => listeners.push(listener),
  };
}

function hashKey(key: string): number {
  let hash = 0;
  for (const char of key) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
  return hash;
}
