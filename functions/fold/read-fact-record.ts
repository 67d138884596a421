import type { Outbox } from "#domain/ports/streams.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { Fact } from "#events/fact.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { readStreamRecord } from "#events/stream-record.ts";
import type { FailureObject } from "./read-failure-object.ts";

/** Longer than an outage, and after as long no fact lets anybody into a journey any more (`journeys/enter.ts`). */
const GIVEN_UP_FOR_GOOD_MS = 3 * 86_400_000;

/** What becomes of a record of facts that Lambda gave up on: it is published again, saying since when it fails; or, where
 *  it has failed for days or cannot be read, it is a failed event. Pure. */
export function readFactRecord(
  { sequenceNumber, data }: FailureObject["records"][number],
  stream: string,
  now: number,
): { readonly outbox: Outbox } | { readonly failed: FailedEvent } {
  const failed = (code: string, message: string): { failed: FailedEvent } => ({
    failed: {
      stage: "stream",
      code,
      message,
      failedAt: now,
      stream,
      sequenceNumber,
      dataBase64: Buffer.from(data).toString("base64"),
    },
  });
  try {
    const { items, givenUpSince = now } = readStreamRecord("facts", data);
    const facts = items.map((item) => Fact.parse(item));
    const [first] = facts;
    if (!first) return failed("stream_record_unreadable", "a record without facts");
    if (now - givenUpSince < GIVEN_UP_FOR_GOOD_MS) {
      return { outbox: { profileId: first.profileId as ProfileId, facts, givenUpSince } };
    }
    const since = new Date(givenUpSince).toISOString();
    return failed("facts_given_up", `no consumer of the stream has got through with it since ${since}`);
  } catch (error) {
    return failed("stream_record_unreadable", String(error));
  }
}
