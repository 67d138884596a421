import { expect, test } from "vitest";
import { makeFactStream } from "#aws/streams/fact-stream.ts";
import { decodeStreamRecord, readStreamRecord } from "#events/stream-record.ts";
import { makeMemoryKinesis } from "../../support/memory-kinesis.ts";
import { aPerson, membershipFact, NOON } from "../../support/people.ts";

test("a record of facts that is published again says since when it fails", async () => {
  const kinesis = makeMemoryKinesis(1);
  const stream = makeFactStream({ kinesis: kinesis.client, stream: "facts" });
  const [ann, bob] = [aPerson("ann"), aPerson("bob")];
  const [annsFact, bobsFact] = [membershipFact(ann, "tag:vip"), membershipFact(bob, "tag:vip")];
  await stream.publish([
    { profileId: ann.id, facts: [annsFact] },
    { profileId: bob.id, facts: [bobsFact], givenUpSince: NOON },
  ]);
  const records = kinesis.shards("facts")[0]?.map(({ data }) => data) ?? [];
  expect(records.map((data) => readStreamRecord("facts", data))).toEqual([
    { items: [annsFact] },
    { items: [bobsFact], givenUpSince: NOON },
  ]);
  expect(records.map((data) => decodeStreamRecord("facts", data))).toEqual([[annsFact], [bobsFact]]);
});
