import type { FailureObjectStore } from "#domain/ports/failure-object-store.ts";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { Fact } from "#events/fact.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";
import { foldRecords, type RecordPorts } from "./fold-records.ts";
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
 *  record at all moves to the failed events. */
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
  const outboxes = records.flatMap(({ data }) => {
    const facts = decodeStreamRecord("facts", data).map((fact) => Fact.parse(fact));
    const [first] = facts;
    return first ? [{ profileId: first.profileId as ProfileId, facts }] : [];
  });
  const unpublished = await ports.facts.publish(outboxes);
  if (unpublished.size > 0) throw new StreamUnavailableError("stream_throttled");
}
