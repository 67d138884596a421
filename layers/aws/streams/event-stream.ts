import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { type EventStream, StreamUnavailableError } from "#domain/ports/streams.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";

/** A PUT payload unit: what a record costs is counted in steps of it. */
const TARGET_BYTES = 25 * 1024;
/** PutRecords' own limits, the second less some room for its envelope. */
const RECORDS_A_CALL = 500;
const BYTES_A_CALL = 4.5 * 1024 * 1024;
const ATTEMPTS = 5;
const FIRST_DELAY_MS = 50;
const THROTTLED = new Set([
  "ProvisionedThroughputExceededException",
  "KMSThrottlingException",
  "LimitExceededException",
]);

interface StreamRecord {
  readonly Data: Uint8Array;
  readonly PartitionKey: string;
}
/** The records of one key that are not durable yet, in order. */
type Queue = StreamRecord[];

/** Puts events into Kinesis. A key has at most one record in any call and its next one only goes out when that is
 *  stored, since one call may refuse an earlier record and take a later one. What is refused is tried again a few times
 *  over about a second; then StreamUnavailableError tells the caller that some are not durable. */
export function makeEventStream({
  kinesis,
  stream,
  sleep = realSleep,
}: {
  kinesis: Pick<KinesisClient, "send">;
  stream: string;
  sleep?: Sleep;
}): EventStream {
  /** The records of `heads` that were refused, and whether throttling was among the reasons. */
  async function putOnce(heads: readonly StreamRecord[]): Promise<{ refused: Set<StreamRecord>; throttled: boolean }> {
    try {
      const answer = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: [...heads] }));
      if (!answer.FailedRecordCount) return { refused: new Set(), throttled: false };
      const codes = heads.map((_, index) => answer.Records?.[index]?.ErrorCode);
      return {
        refused: new Set(heads.filter((_, index) => codes[index] !== undefined)),
        throttled: codes.some((code) => code !== undefined && THROTTLED.has(code)),
      };
    } catch (error) {
      const throttled = error instanceof Error && THROTTLED.has(error.name);
      // The SDK has tried again already where that could help.
      throw new StreamUnavailableError(throttled ? "stream_throttled" : "stream_unavailable", { cause: error });
    }
  }

  return {
    async put(groups) {
      const queues: Queue[] = groups
        .map(({ key, events }) => packEvents(key, events))
        .filter((queue) => queue.length > 0);
      let failedRounds = 0;
      let left = queues;
      while (left.length > 0) {
        let refusals = 0;
        let throttled = false;
        for (const queuesOfCall of splitCalls(left)) {
          const outcome = await putOnce(queuesOfCall.map(headOf));
          for (const queue of queuesOfCall) {
            if (outcome.refused.has(headOf(queue))) refusals++;
            else queue.shift();
          }
          throttled ||= outcome.throttled;
        }
        left = left.filter((queue) => queue.length > 0);
        if (refusals === 0) continue;
        failedRounds++;
        if (failedRounds === ATTEMPTS)
          throw new StreamUnavailableError(throttled ? "stream_throttled" : "stream_unavailable");
        await sleep(FIRST_DELAY_MS * 2 ** failedRounds);
      }
    },
  };
}

function headOf(queue: Queue): StreamRecord {
  const [head] = queue;
  if (head === undefined) throw new RangeError("an empty queue of records");
  return head;
}

/** The records of one key: as few as hold the events at about the target size each, in their order. */
function packEvents(key: string, events: readonly CollectedEvent[]): Queue {
  if (events.length === 0) return [];
  const Data = encodeStreamRecord("events", events);
  if (Data.length <= TARGET_BYTES || events.length === 1) return [{ Data, PartitionKey: key }];
  const parts = Math.min(events.length, Math.ceil(Data.length / TARGET_BYTES));
  const size = Math.ceil(events.length / parts);
  const records: Queue = [];
  for (let start = 0; start < events.length; start += size) {
    records.push(...packEvents(key, events.slice(start, start + size)));
  }
  return records;
}

/** Splits by what one call takes, looking at each queue's first record only. */
function splitCalls(queues: readonly Queue[]): Queue[][] {
  const calls: Queue[][] = [];
  let call: Queue[] = [];
  let bytes = 0;
  for (const queue of queues) {
    const { Data, PartitionKey } = headOf(queue);
    const size = Data.length + PartitionKey.length;
    if (call.length === RECORDS_A_CALL || (call.length > 0 && bytes + size > BYTES_A_CALL)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(queue);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
}
