import { ProvisionedThroughputExceededException, type PutRecordsCommand } from "@aws-sdk/client-kinesis";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeEventStream } from "#aws/streams/event-stream.ts";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { decodeStreamRecord } from "#events/stream-record.ts";

/** Says of a record in a call whether it is refused, and why. */
type Refuse = (call: number, index: number) => string | undefined;

function makeFakeKinesis(refuse: Refuse = () => undefined) {
  const stored: { key: string; ids: string[]; bytes: number }[] = [];
  const calls: number[] = [];
  const client = {
    send(command: PutRecordsCommand) {
      const records = command.input.Records ?? [];
      const call = calls.push(records.length) - 1;
      const bytes = records.reduce(
        (sum, { Data, PartitionKey = "" }) => sum + (Data?.length ?? 0) + PartitionKey.length,
        0,
      );
      if (records.length > 500 || bytes > 5 * 1024 * 1024)
        return Promise.reject(new Error("over the limits of PutRecords"));
      const answers = records.map(({ Data = new Uint8Array(), PartitionKey = "" }, index) => {
        const ErrorCode = refuse(call, index);
        if (ErrorCode !== undefined) return { ErrorCode };
        const events = decodeStreamRecord("events", Data) as CollectedEvent[];
        stored.push({ key: PartitionKey, ids: events.map(({ messageId }) => messageId), bytes: Data.length });
        return { SequenceNumber: "1" };
      });
      return Promise.resolve({
        Records: answers,
        FailedRecordCount: answers.filter((answer) => "ErrorCode" in answer).length,
      });
    },
  };
  const delays: number[] = [];
  const stream = makeEventStream({
    kinesis: client as never,
    stream: "events",
    sleep: (delay) => Promise.resolve(delays.push(delay)),
  });
  const idsOf = (key: string) => stored.filter((record) => record.key === key).flatMap(({ ids }) => ids);
  return { stream, stored, calls, delays, idsOf };
}

/** An event of about `bytes` bytes that do not compress. */
function event(messageId: string, bytes = 0): CollectedEvent {
  const noise = Array.from({ length: Math.ceil(bytes / 8) }, () =>
    Math.random().toString(36).slice(2, 10).padEnd(8, "x"),
  );
  return {
    messageId,
    type: "track",
    event: "E",
    identifiers: [["userId", "u"]],
    at: 0,
    receivedAt: 0,
    day: 0,
    source: { name: "s", type: "server" },
    activity: true,
    properties: { noise: noise.join("") },
  };
}
const events = (prefix: string, count: number, bytes = 0) =>
  Array.from({ length: count }, (_, n) => event(`${prefix}${n}`, bytes));

describe("a put", () => {
  test("of one person's events is one record", async () => {
    const { stream, stored, calls } = makeFakeKinesis();
    await stream.put([{ key: "k", events: events("e", 20) }]);
    expect(calls).toEqual([1]);
    expect(stored).toMatchObject([{ key: "k", ids: events("e", 20).map(({ messageId }) => messageId) }]);
  });
  test("of nothing asks for nothing", async () => {
    const { stream, calls } = makeFakeKinesis();
    await stream.put([{ key: "k", events: [] }]);
    await stream.put([]);
    expect(calls).toEqual([]);
  });
  test("splits what is long into records of about 25 KB, in order, one of a key a call", async () => {
    const { stream, stored, calls, idsOf } = makeFakeKinesis();
    const long = events("e", 40, 4000);
    await stream.put([
      { key: "long", events: long },
      { key: "short", events: events("s", 1) },
    ]);
    expect(idsOf("long")).toEqual(long.map(({ messageId }) => messageId));
    expect(Math.max(...stored.map(({ bytes }) => bytes))).toBeLessThanOrEqual(25 * 1024);
    expect(calls[0]).toBe(2);
    expect(calls.slice(1).every((size) => size === 1)).toBe(true);
  });
  test("of an event larger than a record's target is one record of its own", async () => {
    const { stream, stored } = makeFakeKinesis();
    await stream.put([{ key: "k", events: events("e", 2, 60_000) }]);
    expect(stored.map(({ ids }) => ids.length)).toEqual([1, 1]);
  });
  test("of many people keeps to 500 records a call", async () => {
    const { stream, calls } = makeFakeKinesis();
    await stream.put(Array.from({ length: 1201 }, (_, n) => ({ key: `k${n}`, events: [event(`e${n}`)] })));
    expect(calls).toEqual([500, 500, 201]);
  });
  test("of much keeps to 5 MB a call", async () => {
    const { stream, calls, stored } = makeFakeKinesis();
    await stream.put(Array.from({ length: 300 }, (_, n) => ({ key: `k${n}`, events: [event(`e${n}`, 30_000)] })));
    expect(calls.length).toBeGreaterThan(1);
    expect(stored).toHaveLength(300);
  });
});

describe("a partial failure", () => {
  test("is tried again for the refused records only", async () => {
    const { stream, calls, delays, stored } = makeFakeKinesis((call, index) =>
      call === 0 && index === 1 ? "ProvisionedThroughputExceededException" : undefined,
    );
    await stream.put(["a", "b", "c"].map((key) => ({ key, events: [event(key)] })));
    expect(calls).toEqual([3, 1]);
    expect(stored.map(({ key }) => key)).toEqual(["a", "c", "b"]);
    expect(delays).toEqual([100]);
  });
  test.each([
    ["ProvisionedThroughputExceededException", "stream_throttled"],
    ["InternalFailure", "stream_unavailable"],
  ])("of %s without end is answered %s, after a bounded wait", async (reason, code) => {
    const { stream, calls, delays } = makeFakeKinesis(() => reason);
    await expect(stream.put([{ key: "k", events: [event("e")] }])).rejects.toMatchObject({ code });
    expect(calls).toHaveLength(5);
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeLessThan(2000);
  });
  test("never reorders one key, whatever is refused when, and loses nothing that it does not say", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (refusals) => {
        let next = 0;
        const { stream, idsOf } = makeFakeKinesis(() => (refusals[next++] ? "InternalFailure" : undefined));
        const groups = ["a", "b"].map((key) => ({ key, events: events(key, 12, 9000) }));
        const outcome = await stream.put(groups).then(
          () => "stored",
          (error: unknown) => (error instanceof StreamUnavailableError ? "unavailable" : "wrong error"),
        );
        for (const { key, events: sent } of groups) {
          const ids = sent.map(({ messageId }) => messageId);
          const arrived = idsOf(key);
          expect(arrived).toEqual(ids.slice(0, arrived.length));
          if (outcome === "stored") expect(arrived).toHaveLength(ids.length);
        }
        expect(outcome).not.toBe("wrong error");
      }),
      { numRuns: 50 },
    );
  });
});

describe("a call that fails as a whole", () => {
  const failing = (error: Error) =>
    makeEventStream({ kinesis: { send: () => Promise.reject(error) } as never, stream: "events" });
  test("for its rate is throttled", async () => {
    const error = new ProvisionedThroughputExceededException({ message: "slow down", $metadata: {} });
    await expect(failing(error).put([{ key: "k", events: [event("e")] }])).rejects.toMatchObject({
      code: "stream_throttled",
    });
  });
  test("for any other reason is unavailable, with its cause", async () => {
    const error = new Error("connection refused");
    await expect(failing(error).put([{ key: "k", events: [event("e")] }])).rejects.toMatchObject({
      code: "stream_unavailable",
      cause: error,
    });
  });
});
