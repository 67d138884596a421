import { createHash } from "node:crypto";
import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import type { FactStream } from "#domain/ports/streams.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { sleep as realSleep, type Sleep } from "../sleep.ts";

/** PutRecords takes at most 500 records. */
const RECORDS_A_CALL = 500;
const ATTEMPTS = 5;
const FIRST_DELAY_MS = 50;

interface Entry {
  readonly profileId: ProfileId;
  readonly record: { readonly Data: Uint8Array; readonly PartitionKey: string };
}

/** Publishes facts to Kinesis: all facts of one person in one record, keyed by a hash of the person, so that they
 *  arrive whole and in order. What is refused is tried again a few times; what is still refused is returned. */
export function makeFactStream(on: { kinesis: KinesisClient; stream: string; sleep?: Sleep }): FactStream {
  const { sleep = realSleep } = on;

  async function putOnce(entries: readonly Entry[]): Promise<Entry[]> {
    try {
      const answer = await on.kinesis.send(
        new PutRecordsCommand({ StreamName: on.stream, Records: entries.map(({ record }) => record) }),
      );
      if (!answer.FailedRecordCount) return [];
      return entries.filter((_, index) => answer.Records?.[index]?.ErrorCode !== undefined);
    } catch {
      // Whatever went wrong, none of these is known to be durable: the outboxes keep them, and the batch is retried.
      return [...entries];
    }
  }

  return {
    async publish(outboxes) {
      let left: Entry[] = outboxes
        .filter(({ facts }) => facts.length > 0)
        .map(({ profileId, facts, givenUpSince }) => ({
          profileId,
          record: {
            Data: encodeStreamRecord("facts", facts, { givenUpSince }),
            PartitionKey: partitionKeyOf(profileId),
          },
        }));
      for (let attempt = 0; attempt < ATTEMPTS && left.length > 0; attempt++) {
        if (attempt > 0) await sleep(FIRST_DELAY_MS * 2 ** attempt);
        const refused: Entry[] = [];
        for (let start = 0; start < left.length; start += RECORDS_A_CALL) {
          refused.push(...(await putOnce(left.slice(start, start + RECORDS_A_CALL))));
        }
        left = refused;
      }
      return new Set(left.map(({ profileId }) => profileId));
    },
  };
}

function partitionKeyOf(profileId: ProfileId): string {
  return createHash("sha256").update(profileId).digest("hex").slice(0, 16);
}
