import * as z from "zod";
import type { StreamFaults } from "../faults.ts";
import type { EmbeddedStream, PutEntry } from "./embedded-stream.ts";
import type { EmbeddedStreams } from "./embedded-streams.ts";
import { KinesisError, throttled } from "./kinesis-errors.ts";
import { sequenceNumberOf } from "./sequence-number.ts";

const Which = z.object({ StreamName: z.string().optional(), StreamARN: z.string().optional() });
const PartitionKey = z.string().min(1).max(256);
const Entry = z.object({
  Data: z.string(),
  PartitionKey,
  ExplicitHashKey: z
    .string()
    .regex(/^\d{1,39}$/)
    .nullish(),
});
const PutRecord = Which.extend(Entry.shape);
const PutRecords = Which.extend({ Records: z.array(Entry).min(1).max(500) });
const CreateStream = z.object({ StreamName: z.string(), ShardCount: z.int().min(1).default(1) });
const GetShardIterator = Which.extend({
  ShardId: z.string(),
  ShardIteratorType: z.enum(["TRIM_HORIZON", "LATEST", "AFTER_SEQUENCE_NUMBER"]),
  StartingSequenceNumber: z.string().optional(),
});
const GetRecords = z.object({ ShardIterator: z.string(), Limit: z.int().min(1).max(10_000).default(10_000) });
const Iterator = z.object({ stream: z.string(), shard: z.string(), after: z.string().optional() });

/** Kinesis' own quotas: a record of 1 MiB and a PutRecords call of 5 MiB, keys included (API reference). */
const recordBytes = 1 << 20;
const requestBytes = 5 << 20;

type Operation = (body: unknown) => unknown;

/** The operations of the Kinesis API that the product, the SDK and tests use, over the embedded streams. */
export function makeKinesisApi(streams: EmbeddedStreams, faults: StreamFaults, arnOf: (name: string) => string) {
  const find = (which: z.infer<typeof Which>): EmbeddedStream => {
    const stream = streams.find({
      ...(which.StreamName !== undefined && { StreamName: which.StreamName }),
      ...(which.StreamARN !== undefined && { StreamARN: which.StreamARN }),
    });
    if (stream) return stream;
    throw new KinesisError("ResourceNotFoundException", `Stream ${which.StreamName ?? which.StreamARN} not found.`);
  };

  const operations: Record<string, Operation> = {
    CreateStream(body) {
      const { StreamName: name, ShardCount: shards } = CreateStream.parse(body);
      if (streams.find({ StreamName: name }))
        throw new KinesisError("ResourceInUseException", `Stream ${name} exists.`);
      streams.open({ name, arn: arnOf(name), shards });
      return undefined;
    },
    ListStreams: () => ({ HasMoreStreams: false, StreamNames: streams.names() }),
    ListShards: (body) => ({ Shards: describeShards(find(Which.parse(body))) }),
    DescribeStream(body) {
      const stream = find(Which.parse(body));
      return {
        StreamDescription: { ...describe(stream), HasMoreShards: false, Shards: describeShards(stream) },
      };
    },
    DescribeStreamSummary(body) {
      const stream = find(Which.parse(body));
      return { StreamDescriptionSummary: { ...describe(stream), OpenShardCount: stream.shards.length } };
    },
    PutRecord(body) {
      const { Data, PartitionKey, ExplicitHashKey, ...which } = PutRecord.parse(body);
      const stream = find(which);
      if (faults.takeThrottle()) throw throttled(stream.name);
      const [placed] = stream.put(readEntries([{ Data, PartitionKey, ExplicitHashKey }]));
      return { ShardId: placed?.shardId, SequenceNumber: placed?.sequenceNumber };
    },
    PutRecords(body) {
      const { Records, ...which } = PutRecords.parse(body);
      const stream = find(which);
      if (faults.takeThrottle()) throw throttled(stream.name);
      const entries = readEntries(Records);
      const refused = faults.takeRefusals(entries.length);
      const placed = stream.put(entries.filter((_, index) => !refused.has(index)));
      return {
        FailedRecordCount: refused.size,
        Records: entries.map((_, index) => {
          if (refused.has(index)) return refusal(stream.name);
          const next = placed.shift();
          return { ShardId: next?.shardId, SequenceNumber: next?.sequenceNumber };
        }),
      };
    },
    GetShardIterator(body) {
      const {
        ShardId: shard,
        ShardIteratorType: type,
        StartingSequenceNumber,
        ...which
      } = GetShardIterator.parse(body);
      const stream = find(which);
      const after = type === "LATEST" ? stream.latestSequenceNumber() : StartingSequenceNumber;
      return { ShardIterator: writeIterator({ stream: stream.name, shard, after }) };
    },
    GetRecords(body) {
      const { ShardIterator, Limit } = GetRecords.parse(body);
      const iterator = readIterator(ShardIterator);
      const stream = find({ StreamName: iterator.stream });
      const records = stream.readNow(iterator.shard, iterator.after, Limit);
      return {
        MillisBehindLatest: 0,
        NextShardIterator: writeIterator({ ...iterator, after: records.at(-1)?.sequenceNumber ?? iterator.after }),
        Records: records.map((record) => ({
          ApproximateArrivalTimestamp: record.arrivedAt / 1000,
          Data: Buffer.from(record.data).toString("base64"),
          PartitionKey: record.partitionKey,
          SequenceNumber: record.sequenceNumber,
        })),
      };
    },
  };

  /** Runs an operation; throws a KinesisError for what the real service refuses. */
  return (name: string, body: unknown): unknown => {
    const operation = operations[name];
    if (!operation) throw new KinesisError("UnknownOperationException", `${name} is not available locally.`);
    try {
      return operation(body);
    } catch (error) {
      if (error instanceof z.ZodError) throw new KinesisError("ValidationException", z.prettifyError(error));
      if (error instanceof RangeError) throw new KinesisError("InvalidArgumentException", error.message);
      throw error;
    }
  };
}

function readEntries(records: readonly z.infer<typeof Entry>[]): PutEntry[] {
  const entries = records.map(({ Data, PartitionKey, ExplicitHashKey }) => ({
    partitionKey: PartitionKey,
    explicitHashKey: ExplicitHashKey ?? undefined,
    data: Buffer.from(Data, "base64"),
  }));
  const sizes = entries.map(({ partitionKey, data }) => Buffer.byteLength(partitionKey) + data.length);
  if (sizes.some((size) => size > recordBytes))
    throw new KinesisError("ValidationException", "A record is over 1 MiB.");
  if (sizes.reduce((sum, size) => sum + size, 0) > requestBytes) {
    throw new KinesisError("InvalidArgumentException", "Records size exceeds 5 MB limit");
  }
  return entries;
}

function refusal(stream: string) {
  const { code: ErrorCode, message: ErrorMessage } = throttled(stream);
  return { ErrorCode, ErrorMessage };
}

function describe(stream: EmbeddedStream) {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: "PROVISIONED" },
    StreamCreationTimestamp: stream.createdAt / 1000,
    RetentionPeriodHours: 168,
    EncryptionType: "NONE",
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
  };
}

function describeShards(stream: EmbeddedStream) {
  return stream.shards.map(({ id, from, to }) => ({
    ShardId: id,
    HashKeyRange: { StartingHashKey: String(from), EndingHashKey: String(to) },
    SequenceNumberRange: { StartingSequenceNumber: sequenceNumberOf(0) },
  }));
}

const writeIterator = (iterator: z.infer<typeof Iterator>): string =>
  Buffer.from(JSON.stringify(iterator)).toString("base64url");

function readIterator(token: string): z.infer<typeof Iterator> {
  try {
    return Iterator.parse(JSON.parse(Buffer.from(token, "base64url").toString()));
  } catch (cause) {
    throw new RangeError("Invalid ShardIterator.", { cause });
  }
}
