import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from "aws-lambda";
import { processInOrder } from "#aws/stream.ts";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import { type IndexPorts, indexFacts } from "./index-facts.ts";

export interface IndexHandlerPorts extends IndexPorts {
  readonly failedEvents: Pick<FailedEventStore, "store">;
  /** The stream's name, for what cannot be read. */
  readonly stream: string;
  readonly count: (metric: "RecordsUnreadable", n: number) => void;
}

/** FactStream → Tags table, in order for each person. `onFailure` hears of each record that must come again. */
export function makeIndexHandler(
  ports: IndexHandlerPorts,
  onFailure: (error: unknown, record: KinesisStreamRecord) => void,
): (event: KinesisStreamEvent) => Promise<KinesisStreamBatchResponse> {
  return (event) => processInOrder(event.Records, (record) => indexRecord(ports, record), onFailure);
}

async function indexRecord(ports: IndexHandlerPorts, { kinesis }: KinesisStreamRecord): Promise<void> {
  const facts = readFacts(Buffer.from(kinesis.data, "base64"));
  if (facts) return indexFacts(ports, facts);
  ports.count("RecordsUnreadable", 1);
  await ports.failedEvents.store([
    {
      stage: "stream",
      code: "stream_record_unreadable",
      message: "not a readable record of facts",
      failedAt: ports.now(),
      stream: ports.stream,
      sequenceNumber: kinesis.sequenceNumber,
      dataBase64: kinesis.data,
    },
  ]);
}

/** Undefined where the bytes are no facts: no retry can change that. */
function readFacts(data: Uint8Array): Fact[] | undefined {
  try {
    return decodeStreamRecord("facts", data).map((fact) => Fact.parse(fact));
  } catch {
    return undefined;
  }
}
