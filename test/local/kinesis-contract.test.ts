import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Faults } from "../../infra/local/faults.ts";
import { listenLocally } from "../../infra/local/local-server.ts";
import { EmbeddedStreams } from "../../infra/local/stream/embedded-streams.ts";
import { makeKinesisApi } from "../../infra/local/stream/kinesis-api.ts";
import { serveKinesis } from "../../infra/local/stream/kinesis-endpoint.ts";
import { streamArn } from "../../infra/local/template/physical-ids.ts";

interface Backend {
  readonly url: string;
  close(): unknown;
}

async function startEmbedded(): Promise<Backend> {
  const folder = mkdtempSync(path.join(tmpdir(), "strata-kinesis-"));
  return await serveKinesis(makeKinesisApi(new EmbeddedStreams(folder, Date.now), new Faults(), streamArn));
}

/** kinesis-local (kinesis-mock), which LocalStack uses too: the measure of what a Kinesis endpoint answers. */
async function startReference(): Promise<Backend> {
  const main = fileURLToPath(import.meta.resolve("kinesis-local"));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const worker = new Worker(main, {
    stdout: true,
    stderr: true,
    env: {
      KINESIS_MOCK_PLAIN_PORT: String(port),
      KINESIS_MOCK_TLS_PORT: String(tlsPort),
      KINESIS_MOCK_CERT_PATH: path.join(path.dirname(main), "server.json"),
      CREATE_STREAM_DURATION: "0ms",
    },
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/healthcheck`).catch(() => undefined))?.ok) await delay(50);
  return { url, close: () => worker.terminate() };
}

async function freePort(): Promise<number> {
  const { port, close } = await listenLocally(createServer());
  await close();
  return port;
}

/** The SDK's HTTP/1.1 handler, which its other clients use by default. */
const http1 = { requestHandler: new DynamoDBClient({ region: "us-east-1" }).config.requestHandler };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = ({ Data }: { Data?: Uint8Array | undefined }): string => new TextDecoder().decode(Data);

describe.each([
  ["the embedded stream over HTTP/2", startEmbedded, {}],
  ["the embedded stream over HTTP/1.1", startEmbedded, http1],
  // Over HTTP/2 it breaks off its errors and its answer to CreateStream.
  ["kinesis-local over HTTP/1.1", startReference, http1],
])("the Kinesis API of %s", (_, start, handler) => {
  let backend: Backend;
  let client: KinesisClient;
  beforeAll(async () => {
    backend = await start();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    client = new KinesisClient({ endpoint: backend.url, region: "us-east-1", credentials, maxAttempts: 1, ...handler });
    await client.send(new CreateStreamCommand({ StreamName: "events", ShardCount: 2 }));
  }, 60_000);
  afterAll(async () => {
    client.destroy();
    await backend.close();
  });

  const readAll = async (type: "TRIM_HORIZON" | "AFTER_SEQUENCE_NUMBER", ShardId: string, after?: string) => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({
        StreamName: "events",
        ShardId,
        ShardIteratorType: type,
        ...(after !== undefined && { StartingSequenceNumber: after }),
      }),
    );
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
    return Records;
  };

  test("describes a stream and its shards over the whole key space", async () => {
    const { StreamDescriptionSummary: summary } = await client.send(
      new DescribeStreamSummaryCommand({ StreamName: "events" }),
    );
    expect(summary).toMatchObject({ StreamName: "events", StreamStatus: "ACTIVE", OpenShardCount: 2 });
    expect(summary?.StreamARN).toBe(streamArn("events"));
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: "events" }));
    expect(Shards.map(({ ShardId }) => ShardId)).toEqual(["shardId-000000000000", "shardId-000000000001"]);
    const ranges = Shards.map(({ HashKeyRange }) => ({
      from: BigInt(HashKeyRange?.StartingHashKey ?? -1),
      to: BigInt(HashKeyRange?.EndingHashKey ?? -1),
    }));
    expect(ranges[0]?.from).toBe(0n);
    expect(ranges[1]?.from).toBe((ranges[0]?.to ?? 0n) + 1n);
    expect(ranges[1]?.to).toBe((1n << 128n) - 1n);
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamName: "events" }));
    expect(StreamDescription?.Shards).toHaveLength(2);
  });

  test("puts a key's records into the shard of its MD5 and gives them back in order", async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `key-${index % 7}`);
    const put = await client.send(
      new PutRecordsCommand({
        StreamName: "events",
        Records: keys.map((PartitionKey, index) => ({ PartitionKey, Data: bytes(`${PartitionKey}:${index}`) })),
      }),
    );
    expect(put.FailedRecordCount).toBe(0);
    const shardOf = (key: string) => put.Records?.[keys.indexOf(key)]?.ShardId;
    // MD5("key-0") begins with b4 and MD5("key-1") with 21: above and below the middle.
    expect([shardOf("key-0"), shardOf("key-1")]).toEqual(["shardId-000000000001", "shardId-000000000000"]);
    const records = [
      ...(await readAll("TRIM_HORIZON", "shardId-000000000000")),
      ...(await readAll("TRIM_HORIZON", "shardId-000000000001")),
    ];
    expect(records).toHaveLength(40);
    for (const key of new Set(keys)) {
      const own = records.filter(({ PartitionKey }) => PartitionKey === key).map(textOf);
      expect(own).toEqual(keys.flatMap((other, index) => (other === key ? [`${key}:${index}`] : [])));
    }
  });

  test("gives sequence numbers that grow and that a reader can go on after", async () => {
    const place = async (text: string) =>
      await client.send(new PutRecordCommand({ StreamName: "events", PartitionKey: "one", Data: bytes(text) }));
    const first = await place("first");
    const second = await place("second");
    expect(second.ShardId).toBe(first.ShardId);
    expect(BigInt(second.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(first.SequenceNumber ?? 0));
    const after = await readAll("AFTER_SEQUENCE_NUMBER", first.ShardId ?? "", first.SequenceNumber);
    expect(after.map(textOf)).toEqual(["second"]);
  });

  test("follows an explicit hash key", async () => {
    const { ShardId } = await client.send(
      new PutRecordCommand({ StreamName: "events", PartitionKey: "k", Data: bytes(""), ExplicitHashKey: "0" }),
    );
    expect(ShardId).toBe("shardId-000000000000");
  });

  test("refuses an unknown stream and one that exists", async () => {
    await expect(
      client.send(new PutRecordCommand({ StreamName: "none", PartitionKey: "k", Data: bytes("") })),
    ).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(client.send(new CreateStreamCommand({ StreamName: "events", ShardCount: 1 }))).rejects.toBeInstanceOf(
      ResourceInUseException,
    );
  });
});

describe("faults that are asked for", () => {
  test("throttle whole calls and refuse single records of others, without storing those", async () => {
    const faults = new Faults();
    const folder = mkdtempSync(path.join(tmpdir(), "strata-kinesis-"));
    const run = makeKinesisApi(new EmbeddedStreams(folder, Date.now), faults, streamArn);
    run("CreateStream", { StreamName: "s" });
    const put = () =>
      run("PutRecords", {
        StreamName: "s",
        Records: ["a", "b", "c"].map((PartitionKey) => ({ PartitionKey, Data: "" })),
      }) as { FailedRecordCount: number; Records: { ErrorCode?: string; SequenceNumber?: string }[] };
    faults.ask({ throttlePuts: 1, failPutRecords: 1, times: 1 });

    expect(put).toThrowError(expect.objectContaining({ code: "ProvisionedThroughputExceededException" }) as Error);
    const partly = put();
    expect(partly.FailedRecordCount).toBe(2);
    expect(partly.Records.map(({ ErrorCode }) => ErrorCode)).toEqual([
      "ProvisionedThroughputExceededException",
      undefined,
      "ProvisionedThroughputExceededException",
    ]);
    expect(put().FailedRecordCount).toBe(0);
    const { ShardIterator } = run("GetShardIterator", {
      StreamName: "s",
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    }) as { ShardIterator: string };
    const { Records } = run("GetRecords", { ShardIterator }) as { Records: { PartitionKey: string }[] };
    expect(Records.map(({ PartitionKey }) => PartitionKey)).toEqual(["b", "a", "b", "c"]);
  });
});
