import type { FailureObjectStore } from "#domain/ports/failure-object-store.ts";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { foldRecords, type RecordPorts } from "./fold-records.ts";
import { readFactRecord } from "./read-fact-record.ts";
import { type FailureObject, readFailureObject } from "./read-failure-object.ts";

const OBJECTS_A_SWEEP = 100;
/** A batch that Lambda gave up on may have been too much for one go: it is folded in small parts. */
const RECORDS_A_PART = 20;

export interface SweepPorts extends RecordPorts {
  readonly failures: FailureObjectStore;
  readonly factStream: string;
}

/** Takes in again what Lambda gave up on: batches of events are folded, batches of facts published anew. An object is
 *  removed only after everything in it is durable; one that fails again stays for the next sweep. What is no failure
 *  record at all, and facts that were given up on for days, move to the failed events. */
export async function sweepFailures(
  ports: SweepPorts,
): Promise<{ recovered: number; left: number; errors: unknown[] }> {
  const objects = await ports.failures.list(OBJECTS_A_SWEEP);
  const errors: unknown[] = [];
  for (const name of objects) {
    try {
      await recover(ports, name, await ports.failures.read(name));
      await ports.failures.remove(name);
    } catch (error) {
      errors.push(error);
    }
  }
  return { recovered: objects.length - errors.length, left: errors.length, errors };
}

async function recover(ports: SweepPorts, name: string, text: string): Promise<void> {
  const object = readFailureObject(text);
  if (object?.stream === ports.factStream) return republish(ports, object);
  if (object?.stream === ports.stream) return refold(ports, object);
  await ports.failedEvents.store([
    {
      stage: "stream",
      code: "failure_object_unreadable",
      message: "an object under aws/lambda/ that is no failure record of ours",
      failedAt: ports.now(),
      stream: name,
      sequenceNumber: "",
      dataBase64: Buffer.from(text).toString("base64"),
    },
  ]);
}

async function refold(ports: SweepPorts, { records }: FailureObject): Promise<void> {
  const errors: unknown[] = [];
  for (let start = 0; start < records.length; start += RECORDS_A_PART) {
    errors.push(...(await refoldPart(ports, records.slice(start, start + RECORDS_A_PART))));
  }
  if (errors.length > 0) throw errors[0];
}

/** Folds a part; where that fails, record by record, so that one which cannot be folded keeps only itself waiting. */
async function refoldPart(ports: SweepPorts, records: FailureObject["records"]): Promise<unknown[]> {
  const failure = await foldRecords(ports, records);
  if (!failure) return [];
  if (records.length === 1) return [failure.error];
  const outcomes: unknown[] = [];
  for (const record of records) outcomes.push(...(await refoldPart(ports, [record])));
  return outcomes;
}

/** Facts carry the version that made them true, so publishing them late or twice changes nothing that is newer. */
async function republish(ports: SweepPorts, { records }: FailureObject): Promise<void> {
  const now = ports.now();
  const read = records.map((record) => readFactRecord(record, ports.factStream, now));
  const unpublished = await ports.facts.publish(read.flatMap((one) => ("outbox" in one ? [one.outbox] : [])));
  if (unpublished.size > 0) throw new StreamUnavailableError("stream_throttled");
  const failed = read.flatMap((one): FailedEvent[] => ("failed" in one ? [one.failed] : []));
  if (failed.length === 0) return;
  await ports.failedEvents.store(failed);
  ports.count("FactRecordsGivenUp", failed.length);
}
