import { makeMemoryKinesis, type ShardRecord } from "../../support/memory-kinesis.ts";

/** What a PUT is charged for: steps of 25 KB, a record at a time. */
const PAYLOAD_UNIT_BYTES = 25 * 1024;

export interface StreamCounts {
  records: number;
  bytes: number;
  payloadUnits: number;
}

/** A Kinesis in memory that counts what its streams are charged for, and hands out what was put since the last time. */
export function makeCountedKinesis() {
  const kinesis = makeMemoryKinesis(1);
  const counts = new Map<string, StreamCounts>();
  const fresh = new Map<string, ShardRecord[]>();
  const countsOf = (stream: string) => {
    const own = counts.get(stream) ?? { records: 0, bytes: 0, payloadUnits: 0 };
    counts.set(stream, own);
    return own;
  };
  kinesis.onRecord((stream, _shard, record) => {
    const size = record.data.length + record.partitionKey.length;
    const own = countsOf(stream);
    own.records++;
    own.bytes += size;
    own.payloadUnits += Math.ceil(size / PAYLOAD_UNIT_BYTES);
    const waiting = fresh.get(stream);
    if (waiting) waiting.push(record);
    else fresh.set(stream, [record]);
  });
  return {
    client: kinesis.client,
    countsOf,
    reset: () => counts.clear(),
    take(stream: string): ShardRecord[] {
      const taken = fresh.get(stream) ?? [];
      fresh.delete(stream);
      return taken;
    },
  };
}
