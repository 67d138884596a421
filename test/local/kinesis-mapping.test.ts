import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { InvocationOutcome } from "../../infra/local/handlers/function-host.ts";
import { KinesisMapping } from "../../infra/local/mappings/kinesis-mapping.ts";
import { EmbeddedStream } from "../../infra/local/stream/embedded-stream.ts";
import type { MappingPlan } from "../../infra/local/template/deployment.ts";

const plan: MappingPlan = {
  id: "Mapping",
  functionArn: "arn:aws:lambda:us-east-1:000000000000:function:StrataApp-Fold",
  streamArn: "arn:aws:kinesis:us-east-1:000000000000:stream/s",
  batchSize: 10,
  windowMs: 5,
  parallelizationFactor: 4,
  reportsItemFailures: true,
  bisects: true,
  maximumRetries: 2,
  onFailureBucket: "bucket",
};

const KinesisEvent = z.object({
  Records: z.array(
    z.object({ kinesis: z.object({ partitionKey: z.string(), sequenceNumber: z.string(), data: z.base64() }) }),
  ),
});

interface Delivered {
  readonly key: string;
  readonly text: string;
  readonly sequenceNumber: string;
}

const readEvent = (event: unknown): Delivered[] =>
  KinesisEvent.parse(event).Records.map(({ kinesis }) => ({
    key: kinesis.partitionKey,
    text: Buffer.from(kinesis.data, "base64").toString(),
    sequenceNumber: kinesis.sequenceNumber,
  }));

const outcomeOf = (failures: readonly string[]): InvocationOutcome => ({
  ok: true,
  payload: JSON.stringify({ batchItemFailures: failures.map((itemIdentifier) => ({ itemIdentifier })) }),
  requestId: "request",
});

function setUp(folder = mkdtempSync(path.join(tmpdir(), "strata-mapping-")), shards = 2) {
  const options = { name: "s", arn: plan.streamArn, shards, folder: path.join(folder, "stream"), now: () => 1_000 };
  const stream = new EmbeddedStream(options);
  const objects: { bucket: string; key: string; body: string }[] = [];
  const start = async (
    handle: (records: Delivered[]) => Promise<InvocationOutcome> | InvocationOutcome,
    changed = {},
  ) => {
    const mapping = new KinesisMapping({
      plan: { ...plan, ...changed },
      reader: stream,
      checkpointFolder: folder,
      now: () => Date.UTC(2026, 10, 22, 1, 2, 3),
      backOffMs: () => 1,
      invoke: (event) => Promise.resolve(handle(readEvent(event))),
      putObject: (bucket, key, body) => {
        objects.push({ bucket, key, body });
        return Promise.resolve();
      },
      report: (error) => expect.fail(String(error)),
    });
    await mapping.start();
    return mapping;
  };
  const put = (key: string, text: string) => stream.put([{ partitionKey: key, data: Buffer.from(text) }]);
  return { folder, stream, objects, start, put };
}

async function drain(mapping: KinesisMapping): Promise<void> {
  while (mapping.backlog > 0) await delay(2);
}

describe("an event source mapping", () => {
  test("delivers each key's records in order over concurrent lanes, whatever fails on the way", async () => {
    const { start, put } = setUp();
    const applied = new Map<string, string[]>();
    let concurrent = 0;
    let most = 0;
    const mapping = await start(
      async (records) => {
        concurrent += 1;
        most = Math.max(most, concurrent);
        await delay(Math.random() * 4);
        concurrent -= 1;
        if (Math.random() < 0.2) return { ok: false, error: { errorType: "E", errorMessage: "e" }, requestId: "r" };
        const failed = Math.random() < 0.2 ? Math.floor(Math.random() * records.length) : records.length;
        for (const { key, text } of records.slice(0, failed)) applied.set(key, [...(applied.get(key) ?? []), text]);
        return outcomeOf(records.slice(failed, failed + 1).map(({ sequenceNumber }) => sequenceNumber));
      },
      { maximumRetries: 1_000 },
    );
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);
    for (let round = 0; round < 15; round += 1) for (const key of keys) put(key, String(round));
    await drain(mapping);
    await mapping.stop();
    for (const key of keys) expect(applied.get(key)).toEqual(Array.from({ length: 15 }, (_, round) => String(round)));
    expect(most).toBeGreaterThan(1);
  });

  test("leaves what it gives up on in the bucket, with the whole event, and goes on", async () => {
    const { start, put, objects } = setUp(undefined, 1);
    const done: string[] = [];
    const mapping = await start((records) => {
      if (records.some(({ text }) => text === "poison")) {
        return { ok: false, error: { errorType: "E", errorMessage: "e" }, requestId: "request" };
      }
      done.push(...records.map(({ text }) => text));
      return outcomeOf([]);
    });
    for (const text of ["a", "poison", "b"]) put("key", text);
    await drain(mapping);
    await mapping.stop();

    expect(done).toEqual(["a", "b"]);
    expect(objects).toHaveLength(1);
    const [object] = objects;
    expect(object?.bucket).toBe("bucket");
    expect(object?.key).toMatch(
      /^aws\/lambda\/Mapping\/shardId-000000000000\/2026\/11\/22\/2026-11-22T01\.02\.03-[0-9a-f-]{36}$/,
    );
    const body: unknown = JSON.parse(object?.body ?? "");
    expect(body).toMatchObject({
      requestContext: { condition: "RetryAttemptsExhausted", approximateInvokeCount: 3, functionArn: plan.functionArn },
      version: "1.0",
      KinesisBatchInfo: { shardId: "shardId-000000000000", batchSize: 1, streamArn: plan.streamArn },
    });
    const { payload } = z.object({ payload: z.string() }).parse(body);
    expect(readEvent(JSON.parse(payload)).map(({ text }) => text)).toEqual(["poison"]);
  });

  test("goes on after a restart where it was: nothing is skipped, what was through is not repeated", async () => {
    const { folder, start, put, stream } = setUp();
    const first: string[] = [];
    const mapping = await start((records) => {
      first.push(...records.map(({ text }) => text));
      return outcomeOf([]);
    });
    for (let index = 0; index < 30; index += 1) put(`key-${index}`, String(index));
    await drain(mapping);
    await mapping.stop();
    for (let index = 30; index < 40; index += 1) put(`key-${index}`, String(index));
    stream.close();

    const second: string[] = [];
    const again = setUp(folder);
    const restarted = await again.start((records) => {
      second.push(...records.map(({ text }) => text));
      return outcomeOf([]);
    });
    await drain(restarted);
    await restarted.stop();
    expect(first).toHaveLength(30);
    expect(second.sort()).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 30)));
  });

  test("delivers again what was under way when it was killed", async () => {
    const { folder, start, put, stream } = setUp();
    // A process that is killed neither finishes its batches nor saves anything.
    const stuck = await start(() => new Promise<never>(() => undefined));
    for (let index = 0; index < 12; index += 1) put(`key-${index}`, String(index));
    await delay(30);
    expect(stuck.backlog).toBe(12);
    stream.close();

    const seen: string[] = [];
    const again = setUp(folder);
    const restarted = await again.start((records) => {
      seen.push(...records.map(({ text }) => text));
      return outcomeOf([]);
    });
    await drain(restarted);
    await restarted.stop();
    expect(new Set(seen).size).toBe(12);
  });

  test("delivers everything again after the number of shards changed", async () => {
    const { folder, start, put, stream } = setUp();
    const mapping = await start(() => outcomeOf([]));
    for (let index = 0; index < 10; index += 1) put(`key-${index}`, String(index));
    await drain(mapping);
    await mapping.stop();
    stream.close();

    const seen: string[] = [];
    const again = setUp(folder, 3);
    const resharded = await again.start((records) => {
      seen.push(...records.map(({ text }) => text));
      return outcomeOf([]);
    });
    await drain(resharded);
    await resharded.stop();
    expect(seen).toHaveLength(10);
  });

  test("gathers for its window, and no longer than until a batch is full", async () => {
    const { start, put } = setUp(undefined, 1);
    const sizes: number[] = [];
    const mapping = await start(
      (records) => {
        sizes.push(records.length);
        return outcomeOf([]);
      },
      { parallelizationFactor: 1, windowMs: 60_000 },
    );
    for (let index = 0; index < 25; index += 1) put("key", String(index));
    while (sizes.length < 2) await delay(2);
    expect(sizes).toEqual([10, 10]);
    mapping.hurry();
    await drain(mapping);
    expect(sizes).toEqual([10, 10, 5]);
    await mapping.stop();
  });
});
