import { describe, expect, test } from "vitest";
import type { FailedEventStore } from "#domain/ports/failed-event-store.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { encodeStreamRecord } from "#events/stream-record.ts";
import { type SweepPorts, sweepFailures } from "#functions/fold/sweep-failures.ts";
import { makeMemoryFoldPorts } from "../../support/fold-ports.ts";
import { anEvent, aPerson, membershipFact, NOON } from "../../support/people.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What Lambda writes to S3 for a batch it gave up on. */
function failureObject(stream: string, ...data: Buffer[]): string {
  const Records = data.map((bytes, n) => ({
    eventID: `shardId-000000000000:${n}`,
    kinesis: { sequenceNumber: String(n), partitionKey: "k", data: bytes.toString("base64") },
  }));
  return JSON.stringify({
    requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 11 },
    responseContext: { statusCode: 200, functionError: "Unhandled" },
    version: "1.0",
    KinesisBatchInfo: { streamArn: `arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`, batchSize: data.length },
    payload: JSON.stringify({ Records }),
  });
}

function openPorts(objects: Record<string, string>) {
  const kept: FailedEvent[] = [];
  const failedEvents: FailedEventStore = {
    store: async (failed) => void kept.push(...failed),
    list: async () => ({ objects: [] }),
    read: async () => [],
    remove: async () => {},
  };
  const left = new Map(Object.entries(objects));
  const ports = {
    ...makeMemoryFoldPorts(),
    failedEvents,
    stream: "events-of-strata",
    factStream: "facts-of-strata",
    failures: {
      list: async (limit) => [...left.keys()].slice(0, limit),
      read: async (name) => left.get(name) ?? "",
      remove: async (name) => void left.delete(name),
    },
  } satisfies SweepPorts;
  return { ports, kept, left };
}

const events = (...ids: string[]) =>
  encodeStreamRecord(
    "events",
    ids.map((id) => anEvent(id)),
  );

describe("taking in again what Lambda gave up on", () => {
  test("folds every record of an object, in small parts, and removes it; once more changes nothing", async () => {
    const records = Array.from({ length: 45 }, (_, n) => events(`m${n}`));
    const object = failureObject("events-of-strata", ...records);
    const { ports, left } = openPorts({ "aws/lambda/1": object });
    expect(await sweepFailures(ports)).toEqual({ recovered: 1, left: 0, errors: [] });
    expect(ports.counted.get("EventsFolded")).toBe(45);
    expect(left.size).toBe(0);
    left.set("aws/lambda/1", object);
    await sweepFailures(ports);
    expect(ports.counted.get("EventsFolded")).toBe(45);
  });

  test("publishes facts anew", async () => {
    const fact = membershipFact(aPerson("ann"), "tag:vip");
    const { ports, left } = openPorts({
      "aws/lambda/1": failureObject("facts-of-strata", encodeStreamRecord("facts", [fact])),
    });
    await sweepFailures(ports);
    expect(ports.facts.published).toEqual([fact]);
    expect(left.size).toBe(0);
  });

  test("publishes facts anew that fail again and again for three days, and then keeps them as failed events", async () => {
    const fact = membershipFact(aPerson("ann"), "tag:vip");
    const { ports, kept, left } = openPorts({});
    let now = NOON;
    let data = encodeStreamRecord("facts", [fact]);
    let circles = 0;
    const circling: SweepPorts = {
      ...ports,
      now: () => now,
      facts: {
        publish: async (outboxes) => {
          for (const { facts, givenUpSince } of outboxes) {
            data = encodeStreamRecord("facts", facts, { givenUpSince });
            circles++;
          }
          return new Set();
        },
      },
    };
    for (; kept.length === 0 && circles < 2000; now += 5 * MINUTE) {
      left.set("aws/lambda/1", failureObject("facts-of-strata", data));
      await sweepFailures(circling);
      expect(left.size).toBe(0);
    }
    expect(now - NOON).toBeGreaterThan(3 * DAY);
    expect(now - NOON).toBeLessThan(3 * DAY + HOUR);
    expect(circles).toBe((3 * DAY) / (5 * MINUTE));
    expect(kept).toMatchObject([
      { stage: "stream", code: "facts_given_up", stream: "facts-of-strata", dataBase64: data.toString("base64") },
    ]);
  });

  test("a record of facts that cannot be read moves to the failed events, and those beside it are published", async () => {
    const fact = membershipFact(aPerson("ann"), "tag:vip");
    const odd = [Buffer.from("no record"), encodeStreamRecord("facts", [{ kind: "no fact" }])];
    const { ports, kept, left } = openPorts({
      "aws/lambda/1": failureObject("facts-of-strata", ...odd, encodeStreamRecord("facts", [fact])),
    });
    await sweepFailures(ports);
    expect(ports.facts.published).toEqual([fact]);
    expect(kept.map(({ code }) => code)).toEqual(["stream_record_unreadable", "stream_record_unreadable"]);
    expect(left.size).toBe(0);
  });

  test("leaves an object that fails again for the next sweep, and goes on with the others", async () => {
    const { ports, left } = openPorts({
      "aws/lambda/1": failureObject("events-of-strata", events("m1")),
      "aws/lambda/2": failureObject("events-of-strata", events("m2")),
    });
    let calls = 0;
    const flaky: SweepPorts = {
      ...ports,
      activity: {
        ...ports.activity,
        append: async (...args) => {
          if (calls++ === 0) throw new StoreUnavailableError("store_throttled", "Activity");
          return ports.activity.append(...args);
        },
      },
    };
    expect(await sweepFailures(flaky)).toMatchObject({ recovered: 1, left: 1 });
    expect([...left.keys()]).toEqual(["aws/lambda/1"]);
    expect(await sweepFailures(flaky)).toMatchObject({ recovered: 1, left: 0 });
  });

  test("what is no failure record moves to the failed events, so that it stops nothing", async () => {
    const { ports, kept, left } = openPorts({ "aws/lambda/odd": "{}" });
    await sweepFailures(ports);
    expect(kept).toMatchObject([{ code: "failure_object_unreadable", stream: "aws/lambda/odd" }]);
    expect(left.size).toBe(0);
  });
});
