import { type KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { shareRecords } from "#aws/share-records.ts";

/** A Kinesis that refuses some keys, and fails where it is told to. */
function open({ refuses = new Set<string>(), fails = false } = {}) {
  const calls: string[][] = [];
  const client = {
    async send({ input: { Records = [] } }: PutRecordsCommand) {
      calls.push(Records.map(({ PartitionKey = "" }) => PartitionKey));
      if (fails) throw new Error("away");
      const answers = Records.map(({ PartitionKey = "" }) =>
        refuses.has(PartitionKey) ? { ErrorCode: "InternalFailure" } : { SequenceNumber: PartitionKey },
      );
      return { Records: answers, FailedRecordCount: answers.filter((answer) => "ErrorCode" in answer).length };
    },
  } as unknown as Pick<KinesisClient, "send">;
  const shared = shareRecords(client);
  const put = (stream: string, keys: readonly string[], bytes = 1) =>
    shared.send(
      new PutRecordsCommand({
        StreamName: stream,
        Records: keys.map((PartitionKey) => ({ PartitionKey, Data: new Uint8Array(bytes) })),
      }),
    );
  return { put, calls };
}

describe("records that are put at the same time", () => {
  test("leave in one call a stream, and each hears of its own", async () => {
    const aPut = fc.record({
      stream: fc.constantFrom("one", "two"),
      keys: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(aPut, { minLength: 1, maxLength: 10 }),
        fc.uniqueArray(fc.constantFrom("a", "b", "c")),
        async (puts, refused) => {
          const { put, calls } = open({ refuses: new Set(refused) });
          const answers = await Promise.all(puts.map(({ stream, keys }) => put(stream, keys)));
          expect(calls).toHaveLength(new Set(puts.map(({ stream }) => stream)).size);
          for (const [n, { keys }] of puts.entries()) {
            expect(answers[n]).toEqual({
              Records: keys.map((key) =>
                refused.includes(key) ? { ErrorCode: "InternalFailure" } : { SequenceNumber: key },
              ),
              FailedRecordCount: keys.filter((key) => refused.includes(key)).length,
            });
          }
        },
      ),
    );
  });

  test("are as many a call as PutRecords takes", async () => {
    const { put, calls } = open();
    await Promise.all(Array.from({ length: 3 }, () => put("one", Array<string>(200).fill("k"))));
    await Promise.all(Array.from({ length: 3 }, () => put("one", ["k", "k"], 1024 * 1024)));
    expect(calls.map(({ length }) => length)).toEqual([400, 200, 4, 2]);
  });

  test("fail together where their call does", async () => {
    const { put } = open({ fails: true });
    const answers = await Promise.allSettled([put("one", ["a"]), put("one", ["b"])]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
