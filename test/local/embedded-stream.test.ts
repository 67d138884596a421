import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { EmbeddedStream } from "../../infra/local/stream/embedded-stream.ts";

const openStream = (folder: string, shards = 2) =>
  new EmbeddedStream({
    name: "s",
    arn: "arn:aws:kinesis:us-east-1:000000000000:stream/s",
    shards,
    folder,
    now: () => 5,
  });
const entry = (partitionKey: string, text = "x") => ({ partitionKey, data: Buffer.from(text) });
const textOf = ({ data }: { data: Uint8Array }): string => Buffer.from(data).toString();

describe("an embedded stream", () => {
  test("keeps a key's records in one shard and in order, over a restart too", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "strata-stream-"));
    const before = openStream(folder);
    const placed = ["1", "2", "3"].map((text) => before.put([entry("key", text)])[0]);
    before.close();
    const shardId = placed[0]?.shardId ?? "";
    expect(new Set(placed.map((place) => place?.shardId))).toEqual(new Set([shardId]));

    const after = openStream(folder);
    expect(after.readNow(shardId, undefined, 10).map(textOf)).toEqual(["1", "2", "3"]);
    expect(after.readNow(shardId, placed[0]?.sequenceNumber, 1).map(textOf)).toEqual(["2"]);
    expect(after.countAfter(shardId, placed[1]?.sequenceNumber)).toBe(1);
    expect(after.readNow(shardId, undefined, 1)[0]?.arrivedAt).toBe(5);
  });

  test("keeps a record until every consumer has passed it", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "strata-stream-"));
    const stream = openStream(folder, 1);
    const big = "x".repeat(3 << 20);
    const [first, second, third] = [0, 1, 2].map(() => stream.put([entry("key", big)])[0]?.sequenceNumber ?? "");
    const [shardId = ""] = stream.shards.map(({ id }) => id);
    stream.register("fast", new Map());
    stream.register("slow", new Map());
    stream.release("fast", shardId, third ?? "");
    expect(stream.countAfter(shardId, undefined)).toBe(3);
    stream.release("slow", shardId, second ?? "");
    // The first segment holds the first two records; the newest segment always stays.
    expect(stream.readNow(shardId, undefined, 10).map(({ sequenceNumber }) => sequenceNumber)).toEqual([third]);
    expect(first).not.toBe(second);
  });

  test("wakes who waits for a record", async () => {
    const stream = openStream(mkdtempSync(path.join(tmpdir(), "strata-stream-")));
    const arrival = stream.waitForArrival(new AbortController().signal);
    stream.put([entry("key")]);
    await expect(arrival).resolves.toBeUndefined();
  });
});
