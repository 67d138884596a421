import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { type FoldPorts, foldBatch } from "./fold-batch.ts";
import { readRecords, type StreamRecord } from "./read-records.ts";

export interface RecordPorts extends FoldPorts {
  readonly failedEvents: FailedEventStore;
  /** The stream's name, for what cannot be read. */
  readonly stream: string;
}

/** Folds stream records. Returns the lowest sequence number that must be delivered again and why, or nothing if all
 *  are done; what can never be folded is durable among the failed events by then. */
export async function foldRecords(
  ports: RecordPorts,
  records: readonly StreamRecord[],
): Promise<{ retryFrom: string; error: unknown } | undefined> {
  const { read, failed } = readRecords(records, ports.stream, ports.now());
  const origins = read.flatMap(({ sequenceNumber, events }) => events.map(() => sequenceNumber));
  const { tasks, unfoldable } = await foldBatch(
    ports,
    read.flatMap(({ events }) => events),
  );
  await keepFailed(ports, [...failed, ...unfoldable]);
  const first = tasks.findIndex(({ state }) => state === "failed");
  const retryFrom = origins[first];
  return retryFrom === undefined ? undefined : { retryFrom, error: tasks[first]?.error };
}

async function keepFailed(ports: RecordPorts, failed: readonly FailedEvent[]): Promise<void> {
  if (failed.length === 0) return;
  await ports.failedEvents.store(failed);
}
