import * as z from "zod";
import { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";

/** One record as the fold takes it in: its events, or why there are none. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
}

/** Within what a Date can tell. */
const Instant = z.int().min(0).max(8.64e15);

/** What collection writes, checked again: one event that is not so would fail the writes of its whole batch at every
 *  delivery. It costs about what reading its JSON does. 512 characters are less than DynamoDB's 2,048 bytes of a key. */
const Foldable = CollectedEvent.extend({
  identifiers: z.array(z.tuple([z.string().min(1).max(128), z.string().min(1).max(512)])).min(1),
  at: Instant,
  receivedAt: Instant,
});

export interface ReadRecord {
  readonly sequenceNumber: string;
  readonly events: readonly CollectedEvent[];
}

/** Reads records; one that cannot be read will never be, so it becomes a failed event and its neighbours go on. */
export function readRecords(
  records: readonly StreamRecord[],
  stream: string,
  now: number,
): { read: ReadRecord[]; failed: FailedEvent[] } {
  const failed: FailedEvent[] = [];
  const read = records.map(({ sequenceNumber, data }): ReadRecord => {
    try {
      const events = decodeStreamRecord("events", data);
      for (const event of events) Foldable.parse(event);
      return { sequenceNumber, events: events as CollectedEvent[] };
    } catch (error) {
      failed.push({
        stage: "stream",
        code: error instanceof z.ZodError ? "event_malformed" : "stream_record_unreadable",
        message: error instanceof z.ZodError ? z.prettifyError(error) : String(error),
        failedAt: now,
        stream,
        sequenceNumber,
        dataBase64: Buffer.from(data).toString("base64"),
      });
      return { sequenceNumber, events: [] };
    }
  });
  return { read, failed };
}
