import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { ReplayCall } from "../../../../console/cli/replay/read-calls.ts";
import { sendBatch } from "../../../../console/cli/replay/send-batch.ts";
import { SendLanes } from "../../../../console/cli/replay/send-lanes.ts";
import { splitLines } from "../../../../console/cli/replay/split-lines.ts";
import { type FakeAnswer, type FakeRequest, startFakeServer } from "../fake-server.ts";
import { runStrata } from "../run-strata.ts";
import { temporaryFolder } from "../temporary-folder.ts";

vi.setConfig({ testTimeout: 20_000 });

interface Call {
  messageId: string;
  userId: string;
  n: number;
}
const OK: FakeAnswer = { body: { success: true } };

function batchOf(request: FakeRequest): Call[] {
  return (request.body as { batch: Call[] }).batch;
}
function ndjson(calls: readonly unknown[]): string {
  return `${calls.map((call) => JSON.stringify(call)).join("\n")}\n`;
}
function callsOf(users: number, each: number): Call[] {
  return Array.from({ length: users * each }, (_, n) => ({ messageId: `m${n}`, userId: `u${n % users}`, n }));
}

async function replay(text: string | Uint8Array, url: string, ...more: string[]) {
  using folder = temporaryFolder({ "events.ndjson": text });
  const argv = ["replay", `${folder.path}/events.ndjson`, "--url", url, "--write-key", "0042", "--json", ...more];
  const ran = await runStrata(argv);
  return { ...ran, result: JSON.parse(ran.stdout) as Record<string, unknown> };
}

describe("replay", () => {
  test("sends every call once, under the write key, in batches of the size asked for", async () => {
    await using server = await startFakeServer({ "POST /v1/batch": () => OK });
    const { exitCode, result } = await replay(
      ndjson(callsOf(20, 10)),
      server.url,
      "--batch",
      "30",
      "--concurrency",
      "3",
    );
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ accepted: 200, refused: 0 });
    const batches = server.requests.map(batchOf);
    expect(batches.every((batch) => batch.length <= 30)).toBe(true);
    expect(
      batches
        .flat()
        .map(({ n }) => n)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 200 }, (_, n) => n));
    const basic = `Basic ${Buffer.from("0042:").toString("base64")}`;
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([basic]));
  });

  test("reads gzip, whatever the file is called", async () => {
    await using server = await startFakeServer({ "POST /v1/batch": () => OK });
    const { result } = await replay(gzipSync(ndjson(callsOf(3, 3))), server.url);
    expect(result).toMatchObject({ accepted: 9 });
  });

  test("keeps each user's calls in order, though requests overlap, stall and are retried", async () => {
    const seen: Call[] = [];
    let n = 0;
    await using server = await startFakeServer({
      "POST /v1/batch": async (request) => {
        n++;
        if (n % 4 === 0) return { status: 503, body: { code: "unavailable", message: "busy" } };
        await new Promise((resolve) => setTimeout(resolve, (n % 3) * 5));
        seen.push(...batchOf(request));
        return OK;
      },
    });
    const { result } = await replay(ndjson(callsOf(13, 20)), server.url, "--batch", "7", "--concurrency", "5");
    expect(result).toMatchObject({ accepted: 260 });
    expect(result.retries).toBeGreaterThan(0);
    const lastOf = new Map<string, number>();
    for (const { userId, n: number } of seen) {
      expect(number).toBeGreaterThan(lastOf.get(userId) ?? -1);
      lastOf.set(userId, number);
    }
  });

  test("refused events are listed with their line and reason, and the exit code is 3", async () => {
    const rejected = [
      { index: 2, code: "no_identity" },
      { index: 0, code: "event_too_large", message: "33 KB" },
    ];
    await using server = await startFakeServer({
      "POST /v1/batch": () => ({ body: { success: true, accepted: 2, rejected } }),
    });
    const { exitCode, result } = await replay(`\n${ndjson(callsOf(1, 4))}`, server.url);
    expect(exitCode).toBe(3);
    expect(result).toMatchObject({
      accepted: 2,
      refused: 2,
      reasons: { no_identity: 1, event_too_large: 1 },
      refusals: [
        { line: 2, code: "event_too_large", message: "33 KB" },
        { line: 4, code: "no_identity" },
      ],
    });
  });

  test("lines that are no call are refused here, and the others are sent", async () => {
    await using server = await startFakeServer({ "POST /v1/batch": () => OK });
    const text = `{"userId":"a","messageId":"1"}\n{oops\n[1]\n\n"${"x".repeat(600 * 1024)}"\n{"userId":"b","messageId":"2"}`;
    const { exitCode, result } = await replay(text, server.url);
    expect(exitCode).toBe(3);
    expect(result).toMatchObject({ accepted: 2, refused: 3, reasons: { invalid_json: 2, payload_too_large: 1 } });
    expect((result.refusals as { line: number }[]).map(({ line }) => line)).toEqual([2, 3, 5]);
  });

  test("a batch that is refused as a whole is refused call by call", async () => {
    await using server = await startFakeServer({
      "POST /v1/batch": () => ({
        status: 400,
        body: { success: false, code: "payload_too_large", message: "too large" },
      }),
    });
    const { exitCode, result } = await replay(ndjson(callsOf(1, 3)), server.url);
    expect(exitCode).toBe(3);
    expect(result).toMatchObject({ accepted: 0, refused: 3, reasons: { payload_too_large: 3 } });
  });

  test("a refused write key stops it at once and says where the keys are", async () => {
    await using server = await startFakeServer({
      "POST /v1/batch": () => ({
        status: 401,
        body: { success: false, code: "write_key_unknown", message: "unknown" },
      }),
    });
    const { exitCode, result, stderr } = await replay(ndjson(callsOf(1, 3)), server.url);
    expect(exitCode).toBe(1);
    expect(result).toMatchObject({ error: { code: "write_key_unknown" } });
    expect(stderr).toContain('"writeKeys" in');
    expect(server.requests).toHaveLength(1);
  });

  test("no request is over 500 KB", async () => {
    const sizes: number[] = [];
    await using server = await startFakeServer({
      "POST /v1/batch": ({ headers }) => {
        sizes.push(Number(headers["content-length"]));
        return OK;
      },
    });
    const large = callsOf(1, 60).map((call) => ({ ...call, text: "é".repeat(15_000) }));
    await replay(ndjson(large), server.url, "--batch", "2500");
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500_000);
  });

  test("a call without a messageId gets the same one in every replay, and no two calls share one", async () => {
    await using server = await startFakeServer({ "POST /v1/batch": () => OK });
    const text = ndjson([{ userId: "a" }, { userId: "a" }, { userId: "b" }]);
    await replay(text, server.url);
    await replay(text, server.url);
    const ids = server.requests.flatMap(batchOf).map(({ messageId }) => messageId);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(3);
  });

  test("numbers are sent as they are written", async () => {
    let raw = "";
    await using server = await startFakeServer({
      "POST /v1/batch": ({ headers }) => {
        raw = headers["content-length"] ?? "";
        return OK;
      },
    });
    const line = '{"messageId":"1","userId":"a","properties":{"big":12345678901234567890.10}}';
    await replay(line, server.url);
    expect(Number(raw)).toBe(`{"batch":[${line}]}`.length);
  });

  test("names the sources there are when the one asked for is unknown", async () => {
    await using server = await startFakeServer({});
    const localJson = { url: server.url, adminToken: "t", writeKeys: { server: "k1", store: "k2" } };
    using folder = temporaryFolder({ "local.json": JSON.stringify(localJson), "e.ndjson": "" });
    const ran = await runStrata(["replay", `${folder.path}/e.ndjson`, "--source", "till", "--data-dir", folder.path]);
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("server, store");
  });
});

describe("a batch that cannot be taken now", () => {
  const call: ReplayCall = { line: 1, key: "a", json: '{"userId":"a"}', bytes: 14 };

  /** Sends one call to a server that first gives `answers`, then takes it; returns how long it would have waited. */
  async function delaysUntilTaken(...answers: FakeAnswer[]): Promise<number[]> {
    await using server = await startFakeServer({ "POST /v1/batch": () => answers.shift() ?? OK });
    const delays: number[] = [];
    const refused = await sendBatch([call], {
      connection: { url: server.url, token: undefined, localJson: "local.json", local: undefined },
      writeKey: "k",
      random: () => 1,
      wait: async (delayMs) => delays.push(delayMs),
    });
    expect(refused).toEqual([]);
    return delays;
  }

  test("is tried again after Retry-After", async () => {
    const throttled = { status: 429, headers: { "retry-after": "7" }, body: { code: "stream_throttled", message: "" } };
    expect(await delaysUntilTaken(throttled)).toEqual([7_000]);
  });

  test("is tried again ever more slowly where no time is said, up to half a minute", async () => {
    const busy = { status: 503, body: "busy" };
    const delays = await delaysUntilTaken(...Array<FakeAnswer>(10).fill(busy));
    expect(delays).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  test("is given up after twelve attempts, saying what the server answered", async () => {
    const busy = { status: 503, body: "busy" };
    await expect(delaysUntilTaken(...Array<FakeAnswer>(12).fill(busy))).rejects.toMatchObject({ code: "http_503" });
  });
});

test("lines are the same however the text is cut into pieces, and a long one is never held", async () => {
  const line = fc.stringMatching(/^[a-z ]{0,12}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(7)), async (lines, cuts) => {
      const text = lines.join("\n");
      const found: (string | undefined)[] = [];
      for await (const some of splitLines(pieces(text, cuts), 8)) found.push(...some.map((each) => each.text));
      const kept = lines.filter((each) => each.length > 8 || each.trim() !== "");
      expect(found).toEqual(kept.map((each) => (each.length > 8 ? undefined : each)));
    }),
    { numRuns: 1000 },
  );
});

async function* pieces(text: string, cuts: readonly number[]): AsyncIterable<string> {
  let at = 0;
  for (const cut of cuts) {
    yield text.slice(at, at + cut);
    at += cut;
  }
  yield text.slice(at);
}

test("lanes send every call once and in order per key, whatever the limits", async () => {
  const key = fc.constantFrom("a", "b", "c", "d", "e");
  const limits = fc.record({
    lanes: fc.integer({ min: 1, max: 4 }),
    maxEvents: fc.integer({ min: 1, max: 5 }),
    maxBytes: fc.integer({ min: 20, max: 60 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 40 }), limits, async (keys, options) => {
      const calls = keys.map((each, line): ReplayCall => ({ line, key: each, json: "{}", bytes: 2 }));
      const sent: ReplayCall[] = [];
      const lanes = new SendLanes(options, async (batch) => {
        expect(batch.length).toBeLessThanOrEqual(options.maxEvents);
        await Promise.resolve();
        sent.push(...batch);
      });
      for (const call of calls) await lanes.add(call);
      await lanes.end();
      expect(sent.toSorted((a, b) => a.line - b.line)).toEqual(calls);
      for (const each of new Set(keys)) {
        const lines = sent.filter((call) => call.key === each).map((call) => call.line);
        expect(lines).toEqual(lines.toSorted((a, b) => a - b));
      }
    }),
    { numRuns: 500 },
  );
});
