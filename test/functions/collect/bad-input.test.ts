import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { makeRateLimit } from "#domain/collect/rate-limit.ts";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import { RefusedCall } from "#events/failed-event.ts";
import { basic, type Gateway, makeCollectHarness, source } from "../../support/collect-harness.ts";

const GOOD = { type: "track", userId: "u-good", event: "Good", messageId: "m-good" };
const octets = { authorization: basic("SERVER_KEY"), "content-type": "application/octet-stream" };

function bodyOf(answer: { body: string }): { code?: string; rejected?: { index: number; code: string }[] } {
  return JSON.parse(answer.body) as { code?: string };
}

describe.each<Gateway>(["http", "rest"])("through the gateway of kind %s, a body that", (gateway) => {
  async function answerTo(body: string | Uint8Array) {
    const harness = makeCollectHarness();
    const answer = await harness.send({ path: "/v1/batch", headers: octets, body }, gateway);
    expect(harness.errors).toEqual([]);
    expect(harness.events).toEqual([]);
    return [answer.statusCode, bodyOf(answer).code];
  }

  test("is over 500 KB is refused before it is read", async () => {
    expect(await answerTo("x".repeat(500 * 1024 + 1))).toEqual([400, "payload_too_large"]);
  });
  test("has over 2,500 events is refused", async () => {
    expect(await answerTo(JSON.stringify({ batch: Array(2501).fill({}) }))).toEqual([400, "payload_too_large"]);
  });
  test("is a gzip bomb of 100 MB of zeros is refused without unpacking it", async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000));
    const before = process.memoryUsage().arrayBuffers;
    expect(await answerTo(bomb)).toEqual([400, "payload_too_large"]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
  });
  test("is a broken gzip is refused", async () => {
    expect(await answerTo(gzipSync("{}").subarray(0, 12))).toEqual([400, "gzip_invalid"]);
    expect(await answerTo(Buffer.from([0x1f, 0x8b]))).toEqual([400, "gzip_invalid"]);
  });
  test("is not UTF-8 is refused", async () => {
    expect(await answerTo(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))).toEqual([400, "invalid_utf8"]);
  });
  test("is no JSON is refused", async () => {
    expect(await answerTo('{"batch":[')).toEqual([400, "body_unreadable"]);
    expect(await answerTo("hello, world!")).toEqual([400, "body_unreadable"]);
    expect(await answerTo("")).toEqual([400, "body_empty"]);
    expect(await answerTo(" \n ")).toEqual([400, "body_empty"]);
    expect(await answerTo("[1,2]")).toEqual([400, "batch_missing"]);
    expect(await answerTo('{"batch":{}}')).toEqual([400, "batch_missing"]);
  });
  test("is 10,000 levels deep costs only its own event", async () => {
    const harness = makeCollectHarness();
    const deep = `{"type":"track","userId":"u","event":"E","properties":{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`;
    const body = `{"batch":[${deep},${JSON.stringify(GOOD)}]}`;
    const answer = await harness.send({ path: "/v1/batch", headers: octets, body }, gateway);
    expect(answer.statusCode).toBe(200);
    expect(bodyOf(answer)).toEqual({ success: true, accepted: 1, rejected: [{ index: 0, code: "too_deep" }] });
    expect(harness.failed).toMatchObject([{ stage: "collect", code: "too_deep", call: { userId: "u" } }]);
    expect(harness.events).toHaveLength(1);
  });
});

test("lists within lists in place of a call are refused, however deep, and kept as far as allowed", async () => {
  const harness = makeCollectHarness();
  const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const batch = await harness.post("/v1/batch", `{"batch":[${deep}]}`);
  expect([batch.statusCode, bodyOf(batch).rejected]).toEqual([200, [{ index: 0, code: "not_an_object" }]]);
  const single = await harness.post("/v1/track", deep);
  expect([single.statusCode, bodyOf(single).code]).toEqual([400, "not_an_object"]);
  const sensors = await harness.send({ path: "/sa?project=SERVER_KEY", body: `data=${deep}` });
  expect([sensors.statusCode, bodyOf(sensors).rejected]).toEqual([200, [{ index: 0, code: "not_an_object" }]]);
  expect(harness.failed).toHaveLength(3);
});

test("gzip that a gateway read as text is answered with the way out", async () => {
  const harness = makeCollectHarness();
  const headers = { ...octets, "content-type": "application/json" };
  const body = gzipSync(JSON.stringify({ batch: [GOOD] }));
  const mangled = await harness.send({ path: "/v1/batch", headers, body }, "http");
  expect([mangled.statusCode, bodyOf(mangled).code]).toEqual([415, "compressed_body_mangled"]);
  expect(mangled.body).toContain("-c edge=rest");
  const whole = await harness.send({ path: "/v1/batch", headers, body }, "rest");
  expect(whole.statusCode).toBe(200);
});

describe("one bad event", () => {
  const cases: [string, string, string][] = [
    [
      "over 32 KB",
      "event_too_large",
      `{"type":"track","userId":"u","event":"E","properties":{"a":"${"x".repeat(33_000)}"}}`,
    ],
    [
      "33 levels deep",
      "too_deep",
      `{"type":"track","userId":"u","event":"E","properties":${'{"a":'.repeat(31)}{}${"}".repeat(31)}}`,
    ],
    [
      "with the key __proto__",
      "forbidden_key",
      '{"type":"track","userId":"u","event":"E","properties":{"__proto__":{"a":1}}}',
    ],
    [
      "with the key constructor",
      "forbidden_key",
      '{"type":"track","userId":"u","event":"E","properties":{"a":[{"constructor":1}]}}',
    ],
    ["with the key prototype", "forbidden_key", '{"type":"identify","userId":"u","traits":{"prototype":1}}'],
    [
      "with a lone surrogate",
      "ill_formed_unicode",
      '{"type":"track","userId":"u","event":"E","properties":{"a":"\\ud800"}}',
    ],
    [
      "with a lone surrogate in a key",
      "ill_formed_unicode",
      '{"type":"track","userId":"u","event":"E","properties":{"\\udc00":1}}',
    ],
    [
      "with a number that JSON has and no machine",
      "number_out_of_range",
      '{"type":"track","userId":"u","event":"E","properties":{"a":1e400}}',
    ],
    ["with a fraction as an id", "identifier_not_text", '{"type":"track","userId":1.5,"event":"E"}'],
    ["with an unsafe number as an id", "identifier_not_text", '{"type":"track","userId":9007199254740993,"event":"E"}'],
    ["with true as an id", "identifier_not_text", '{"type":"track","userId":true,"event":"E"}'],
    ["with an object as an id", "identifier_not_text", '{"type":"track","anonymousId":{"a":1},"event":"E"}'],
    ["with a 600-byte id", "identifier_too_long", `{"type":"track","userId":"${"u".repeat(600)}","event":"E"}`],
    ["with nobody's id", "no_identity", '{"type":"track","userId":"null","event":"E"}'],
    ["with 0 as an id", "no_identity", '{"type":"track","userId":-0,"event":"E"}'],
    ["without identity", "no_identity", '{"type":"track","event":"E"}'],
    ["with only a junk e-mail", "no_identity", '{"type":"identify","traits":{"email":"none"}}'],
    ["without a type", "type_unknown", '{"userId":"u","event":"E"}'],
    ["of an unknown type", "type_unknown", '{"type":"toString","userId":"u"}'],
    ["without a name", "event_missing", '{"type":"track","userId":"u"}'],
    ["with a number as a name", "bad_type", '{"type":"track","userId":"u","event":5}'],
    ["with a list as traits", "bad_type", '{"type":"identify","userId":"u","traits":[1]}'],
    ["with a text as properties", "bad_type", '{"type":"track","userId":"u","event":"E","properties":"x"}'],
    ["with a text as context", "bad_type", '{"type":"track","userId":"u","event":"E","context":"x"}'],
    ["with a nonsense time", "timestamp_invalid", '{"type":"track","userId":"u","event":"E","timestamp":"yesterday"}'],
    [
      "with an over-long messageId",
      "message_id_invalid",
      `{"type":"track","userId":"u","event":"E","messageId":"${"m".repeat(256)}"}`,
    ],
    ["with an object as messageId", "message_id_invalid", '{"type":"track","userId":"u","event":"E","messageId":{}}'],
    [
      "with an object as order id",
      "order_id_invalid",
      '{"type":"track","userId":"u","event":"Order Completed","properties":{"order_id":{}}}',
    ],
    [
      "with an unclear consent",
      "consent_invalid",
      '{"type":"track","userId":"u","event":"Consent Updated","properties":{"granted":"yes"}}',
    ],
    ["without its group", "group_missing", '{"type":"group","userId":"u"}'],
    ["that is null", "not_an_object", "null"],
    ["that is a list", "not_an_object", "[]"],
    ["that is a text", "not_an_object", '"track"'],
  ];
  test.each(cases)("%s is refused as %s and costs its neighbours nothing", async (_, code, bad) => {
    const harness = makeCollectHarness();
    const body = `{"batch":[${JSON.stringify(GOOD)},${bad}]}`;
    const answer = await harness.send({ path: "/v1/batch", headers: octets, body });
    expect(answer.statusCode).toBe(200);
    expect(bodyOf(answer)).toEqual({ success: true, accepted: 1, rejected: [{ index: 1, code }] });
    expect(harness.events.map(({ messageId }) => messageId)).toEqual(["m-good"]);
    expect(harness.failed).toHaveLength(1);
    expect(RefusedCall.parse(harness.failed[0])).toMatchObject({
      code,
      source: { name: "server-key", type: "server" },
    });
    expect(harness.errors).toEqual([]);
  });

  test("that nobody gets right is answered even when none is accepted", async () => {
    const harness = makeCollectHarness();
    const answer = await harness.post("/v1/batch", { batch: [{}, 5] });
    expect(bodyOf(answer)).toEqual({
      success: true,
      accepted: 0,
      rejected: [
        { index: 0, code: "type_unknown" },
        { index: 1, code: "not_an_object" },
      ],
    });
    expect(harness.state.log).toEqual(["failed"]);
  });

  test("on its own is answered 400 with its code, and kept", async () => {
    const harness = makeCollectHarness();
    const answer = await harness.post("/v1/track", { event: "E" });
    expect([answer.statusCode, bodyOf(answer)]).toEqual([
      400,
      { success: false, code: "no_identity", message: expect.any(String) },
    ]);
    expect(harness.failed).toMatchObject([{ code: "no_identity", call: { type: "track", event: "E" } }]);
  });
});

describe("legal oddities are accepted", () => {
  test("texts with U+0000, safe integers as ids, huge but finite numbers", async () => {
    const harness = makeCollectHarness();
    const event = await harness.track({
      type: "track",
      event: "a\u0000b",
      userId: 9007199254740991,
      anonymousId: 42,
      messageId: 7,
      properties: { "k\u0000": "v\u0000", huge: 1.7976931348623157e308, tiny: 5e-324 },
    });
    expect(event).toMatchObject({
      event: "a\u0000b",
      messageId: "7",
      identifiers: [
        ["userId", "9007199254740991"],
        ["anonymousId", "42"],
      ],
      properties: { "k\u0000": "v\u0000", huge: 1.7976931348623157e308, tiny: 5e-324 },
    });
  });
  test("exactly 32 levels and exactly 32 KB", async () => {
    const { track } = makeCollectHarness();
    const deep = JSON.parse(
      `{"type":"track","userId":"u","event":"E","properties":${'{"a":'.repeat(30)}{}${"}".repeat(30)}}`,
    ) as object;
    await track(deep);
    const empty = { type: "track", userId: "u", event: "E", properties: { a: "" } };
    const room = 32 * 1024 - JSON.stringify(empty).length;
    await track({ ...empty, properties: { a: "x".repeat(room) } });
    await expect(track({ ...empty, properties: { a: "x".repeat(room + 1) } })).rejects.toThrow("event_too_large");
  });
});

describe("a write key", () => {
  const call = JSON.stringify({ ...GOOD, type: undefined });
  test("is found as Basic user name, in the body, in a header, and in the query", async () => {
    const harness = makeCollectHarness();
    const ways = [
      { path: "/v1/track", headers: { Authorization: basic("SERVER_KEY") }, body: call },
      { path: "/v1/track", body: JSON.stringify({ ...GOOD, writeKey: "SERVER_KEY" }) },
      { path: "/v1/track", headers: { "X-Write-Key": "SERVER_KEY" }, body: call },
      { path: "/v1/track?writeKey=SERVER_KEY", body: call },
      { path: "/v1/track?token=SERVER_KEY", body: call },
      { path: "/v1/track?project=SERVER_KEY", body: call },
    ];
    for (const gateway of ["http", "rest"] as const) {
      for (const way of ways) expect((await harness.send(way, gateway)).statusCode).toBe(200);
    }
    expect(harness.events).toHaveLength(12);
  });
  test("that is unknown or missing is answered 401, and nothing is kept", async () => {
    const harness = makeCollectHarness();
    const unknown = await harness.post("/v1/track", call, "REVOKED");
    expect([unknown.statusCode, bodyOf(unknown).code]).toEqual([401, "write_key_unknown"]);
    const missing = await harness.send({ path: "/v1/track", body: call });
    expect([missing.statusCode, bodyOf(missing).code]).toEqual([401, "write_key_missing"]);
    const nonsense = await harness.send({ path: "/v1/track", headers: { authorization: "Basic %%%" }, body: call });
    expect(nonsense.statusCode).toBe(401);
    expect(harness.state.log).toEqual([]);
  });
  test("of a public source may not import", async () => {
    const harness = makeCollectHarness({ definitions: [source("WEB_KEY", "web"), source("IMPORT_KEY", "import")] });
    const refused = await harness.post("/v1/import", { batch: [GOOD] }, "WEB_KEY");
    expect([refused.statusCode, bodyOf(refused).code]).toEqual([403, "import_not_allowed"]);
    expect((await harness.post("/v1/import", { batch: [GOOD] }, "IMPORT_KEY")).statusCode).toBe(200);
    expect(harness.events).toMatchObject([{ activity: false }]);
  });
  test("over its rate is answered 429 with when to come back", async () => {
    const harness = makeCollectHarness({ rateLimit: makeRateLimit({ perSecond: 1, burst: 2 }) });
    expect((await harness.post("/v1/batch", { batch: [GOOD, GOOD] })).statusCode).toBe(200);
    const limited = await harness.post("/v1/batch", { batch: [GOOD, GOOD] });
    expect([limited.statusCode, bodyOf(limited).code, limited.headers["Retry-After"]]).toEqual([
      429,
      "rate_limited",
      "2",
    ]);
    harness.state.now += 2000;
    expect((await harness.post("/v1/batch", { batch: [GOOD, GOOD] })).statusCode).toBe(200);
  });
});

describe("what is not durable is not answered with 200", () => {
  test("a throttled stream is 429 and an unreachable one 503, both with Retry-After", async () => {
    const harness = makeCollectHarness();
    harness.state.failStream = new StreamUnavailableError("stream_throttled");
    const throttled = await harness.post("/v1/track", GOOD);
    expect([throttled.statusCode, bodyOf(throttled).code, throttled.headers["Retry-After"]]).toEqual([
      429,
      "stream_throttled",
      "1",
    ]);
    harness.state.failStream = new StreamUnavailableError("stream_unavailable");
    const down = await harness.post("/v1/track", GOOD);
    expect([down.statusCode, bodyOf(down).code, down.headers["Retry-After"]]).toEqual([503, "stream_unavailable", "1"]);
  });
  test("refused events are kept before the answer, or the request is to be sent again", async () => {
    const harness = makeCollectHarness();
    harness.state.failStore = new Error("S3 is away");
    const answer = await harness.post("/v1/batch", { batch: [GOOD, {}] });
    expect([answer.statusCode, bodyOf(answer).code]).toEqual([503, "failed_events_unavailable"]);
    expect(harness.state.log).toEqual(["failed"]);
  });
  test("an error that nobody foresaw is a 500 that says nothing of its cause", async () => {
    const harness = makeCollectHarness();
    harness.state.failStream = new Error("secret detail");
    const answer = await harness.post("/v1/track", GOOD);
    expect([answer.statusCode, bodyOf(answer).code]).toEqual([500, "internal_error"]);
    expect(answer.body).not.toContain("secret");
    expect(answer.headers["Access-Control-Allow-Origin"]).toBe("*");
    expect(harness.errors).toHaveLength(1);
  });
});
