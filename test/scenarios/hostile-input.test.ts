import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { REFUSALS } from "#domain/collect/refusals.ts";
import type { ActivityItem } from "#events/admin-api/activity.ts";
import { DefinitionAnswer } from "#events/admin-api/definitions.ts";
import type { FailedEventItem } from "#events/admin-api/failed-events.ts";
import { ReplayAnswer } from "#events/admin-api/failed-events.ts";
import { type LocalStack, startLocalStack } from "../support/local-stack.ts";
import { ask, readActivity, readFailedEvents, readProfile } from "./administration.ts";
import { type Call, post, postWithKey, sendBatch } from "./collection.ts";

const naughtyStrings = z
  .array(z.string())
  .parse(JSON.parse(readFileSync(new URL("../fixtures/hostile/blns.json", import.meta.url), "utf8")));

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

async function answerOf(response: Response): Promise<{ status: number; code: unknown }> {
  const text = await response.text();
  return { status: response.status, code: (JSON.parse(text) as { code?: unknown }).code };
}

/** Sends calls in batches; gives the refused ones' codes by their index, each a documented reason. */
async function sendAll(calls: readonly Call[]): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  const size = 200;
  for (let start = 0; start < calls.length; start += size) {
    const { rejected = [] } = await sendBatch(stack, calls.slice(start, start + size));
    for (const { index, code } of rejected) {
      expect(REFUSALS).toHaveProperty(code);
      refused.set(start + index, code);
    }
  }
  await stack.quiet();
  return refused;
}

describe("each naughty string", () => {
  /** One person for the strings of a hundred, so that nobody's traits are over a cap. */
  const personOf = (index: number) => `naughty-${Math.floor(index / 100)}`;
  const people = [...new Set(naughtyStrings.map((_, index) => personOf(index)))];

  async function readLog(): Promise<Map<string, ActivityItem>> {
    const log = new Map<string, ActivityItem>();
    for (const person of people) {
      const { profileId } = await readProfile(stack, `userId:${person}`);
      for (const item of await readActivity(stack, profileId)) log.set(item.messageId, item);
    }
    return log;
  }

  test("is kept unchanged as a trait", async () => {
    const refused = await sendAll(
      naughtyStrings.map((naughty, index) => ({
        type: "identify",
        userId: personOf(index),
        messageId: `trait-${index}`,
        traits: { [`t${index}`]: naughty },
      })),
    );
    expect(refused).toEqual(new Map());
    const traits: Record<string, unknown> = {};
    for (const person of people) {
      const profile = await readProfile(stack, `userId:${person}`);
      for (const [name, { value }] of Object.entries(profile.traits)) traits[name] = value;
    }
    expect(traits).toEqual(Object.fromEntries(naughtyStrings.map((naughty, index) => [`t${index}`, naughty])));
  });

  test("is kept unchanged as the name of a trait, or refused", async () => {
    const distinct = [...new Set(naughtyStrings)];
    const refused = await sendAll(
      distinct.map((naughty, index) => ({
        type: "identify",
        userId: `named-${personOf(index)}`,
        traits: Object.fromEntries([[naughty, index]]),
      })),
    );
    const kept: [string, unknown][] = [];
    for (const person of people) {
      const { traits } = await readProfile(stack, `userId:named-${person}`);
      kept.push(...Object.entries(traits).map(([name, { value }]): [string, unknown] => [name, value]));
    }
    expect(new Map(kept)).toEqual(
      new Map([...distinct.entries()].flatMap(([index, name]) => (refused.has(index) ? [] : [[name, index]]))),
    );
    for (const code of refused.values()) expect(code).toBe("forbidden_key");
  });

  test("is kept unchanged as the name of an event, or refused where it is empty", async () => {
    const refused = await sendAll(
      naughtyStrings.map((naughty, index) => ({
        type: "track",
        userId: personOf(index),
        messageId: `event-${index}`,
        event: naughty,
      })),
    );
    const log = await readLog();
    for (const [index, naughty] of naughtyStrings.entries()) {
      if (naughty.trim() === "") expect(refused.get(index)).toBe("event_missing");
      else expect(log.get(`event-${index}`)?.event).toBe(naughty);
    }
  });

  test("is kept unchanged as the key and value of a property, or refused", async () => {
    const refused = await sendAll(
      naughtyStrings.map((naughty, index) => ({
        type: "track",
        userId: personOf(index),
        messageId: `key-${index}`,
        event: "Keyed",
        properties: Object.fromEntries([[naughty, naughty]]),
      })),
    );
    const log = await readLog();
    for (const [index, naughty] of naughtyStrings.entries()) {
      const properties = Object.entries(log.get(`key-${index}`)?.properties ?? {});
      if (refused.has(index)) expect(refused.get(index)).toBe("forbidden_key");
      else expect(properties).toEqual([[naughty, naughty]]);
    }
  });

  test("is somebody's id, found by it again, or refused as nobody's", async () => {
    const refused = await sendAll(
      naughtyStrings.map((naughty, index) => ({
        type: "track",
        userId: naughty,
        messageId: `id-${index}`,
        event: "Identified",
      })),
    );
    for (const [index, naughty] of naughtyStrings.entries()) {
      const response = await stack.admin(`/admin/v1/profiles?identifier=${encodeURIComponent(`userId:${naughty}`)}`);
      const body = (await response.json()) as { code?: string; identifiers?: unknown };
      if (refused.has(index)) {
        expect(["no_identity", "identifier_too_long"]).toContain(refused.get(index));
        expect([response.status, body.code]).toEqual([400, "identifier_invalid"]);
      } else {
        expect(response.status).toBe(200);
        const value = naughty.trim().normalize("NFC");
        expect(body.identifiers).toEqual([{ type: "userId", value, since: expect.any(String) }]);
      }
    }
  });

  test("as e-mail, phone, messageId, time, order id, money, page, user agent or address breaks nothing", async () => {
    const use = (makeCall: (naughty: string, index: number) => Call) => sendAll(naughtyStrings.map(makeCall));
    await use((n, index) => ({ type: "identify", userId: `mail-${index}`, traits: { email: n, phone: n } }));
    await use((n) => ({ type: "track", userId: "odd", event: "E", messageId: n }));
    await use((n) => ({ type: "track", userId: "odd", event: "E", timestamp: n }));
    await use((n) => ({
      type: "track",
      userId: "odd-buyer",
      event: "Order Completed",
      properties: { order_id: n, currency: n, revenue: n, products: [{ price: n, quantity: n }] },
    }));
    await use((n) => ({
      type: "page",
      userId: "odd-browser",
      context: { page: { url: n, referrer: n }, userAgent: n, ip: n, os: { name: n }, campaign: { source: n } },
    }));
    for (const person of ["odd", "odd-buyer", "odd-browser"]) await readProfile(stack, `userId:${person}`);
  });
});

describe("a body as a whole is refused", () => {
  const octets = { contentType: "application/octet-stream" };
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  const cases: [string, string | Uint8Array<ArrayBuffer>, object, number, string][] = [
    ["over 500 KB", " ".repeat(500 * 1024 + 1), {}, 400, "payload_too_large"],
    ["over 2,500 events", JSON.stringify({ batch: Array(2_501).fill({}) }), {}, 400, "payload_too_large"],
    ["a gzip bomb of 100 MB of zeros", bomb, octets, 400, "payload_too_large"],
    ["gzip under a JSON label", gzipSync("{}"), {}, 415, "compressed_body_mangled"],
    ["broken gzip", gzipSync("{}").subarray(0, 12), octets, 400, "gzip_invalid"],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), octets, 400, "invalid_utf8"],
    ["half a JSON text", '{"batch":[', {}, 400, "body_unreadable"],
    ["no JSON", "hello, world!", {}, 400, "body_unreadable"],
    ["empty", "", {}, 400, "body_empty"],
    ["10,000 lists within each other", deep, {}, 400, "batch_missing"],
  ];
  test.each(cases)("%s", async (_, body, options, status, code) => {
    expect(await answerOf(await post(stack, "/v1/batch", body, options))).toEqual({ status, code });
  });
  test("over the gateway's 10 MB", async () => {
    expect((await post(stack, "/v1/batch", " ".repeat(10 * 2 ** 20 + 1))).status).toBe(413);
  });
});

describe("bad events between good ones", () => {
  const good = (name: string) => `{"type":"track","userId":"between","event":"Good","messageId":"${name}"}`;
  const track = (rest: string) => `{"type":"track","event":"Bad",${rest}}`;
  const bad: Readonly<Record<string, readonly string[]>> = {
    event_too_large: [track(`"userId":"between","properties":{"a":"${"x".repeat(33_000)}"}`)],
    too_deep: [track(`"userId":"between","properties":{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}`)],
    forbidden_key: ["__proto__", "constructor", "prototype"].map((key) =>
      track(`"userId":"between","properties":{"${key}":{"admin":true}}`),
    ),
    ill_formed_unicode: [
      track('"userId":"between","properties":{"a":"\\ud800"}'),
      track('"userId":"between","properties":{"\\udc00":1}'),
      track('"userId":"\\ud83d"'),
    ],
    number_out_of_range: [track('"userId":"between","properties":{"a":1e400}')],
    identifier_not_text: [track('"userId":1.5'), track('"userId":9007199254740993'), track('"userId":{"a":1}')],
    identifier_too_long: [track(`"userId":"${"u".repeat(600)}"`)],
    no_identity: [track('"properties":{}'), track('"userId":"null"'), track('"anonymousId":"00000000"')],
    type_unknown: ['{"userId":"between","event":"Bad"}'],
    event_missing: ['{"type":"track","userId":"between"}'],
    bad_type: [track('"userId":"between","properties":"x"')],
    timestamp_invalid: [track('"userId":"between","timestamp":"yesterday"')],
    not_an_object: ["null", "5", "[]"],
  };
  const badCalls = Object.entries(bad).flatMap(([code, calls]) => calls.map((call) => ({ code, call })));
  let answer: Response;
  let failed: FailedEventItem[];

  beforeAll(async () => {
    const calls = badCalls.flatMap(({ call }, index) => [good(`between-${index}`), call]);
    const before = (await readFailedEvents(stack)).length;
    answer = await post(stack, "/v1/batch", `{"batch":[${[...calls, good("between-last")].join(",")}]}`);
    await stack.quiet();
    failed = await readFailedEvents(stack);
    failed = failed.slice(0, failed.length - before);
  });

  test("are listed in the answer, each with its place and reason", async () => {
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      success: true,
      accepted: badCalls.length + 1,
      rejected: badCalls.map(({ code }, index) => ({ index: 2 * index + 1, code })),
    });
  });
  test("cost the good ones nothing", async () => {
    const { profileId } = await readProfile(stack, "userId:between");
    const log = await readActivity(stack, profileId);
    const names = [...badCalls.keys(), "last"].map((name) => `between-${name}`);
    expect(log.map(({ messageId }) => messageId).toSorted()).toEqual(names.toSorted());
  });
  test("are among the failed events with their reasons", () => {
    expect(failed.map(({ code }) => code).toSorted()).toEqual(badCalls.map(({ code }) => code).toSorted());
    for (const { stage, source, message } of failed) {
      expect([stage, source?.name]).toEqual(["collect", "server"]);
      expect(message).not.toBe("");
    }
  });
  test("change no object's prototype", () => {
    expect(Object.prototype).not.toHaveProperty("admin");
  });
  test.each(badCalls.filter(({ call }) => call.startsWith('{"type":"track"')))(
    "alone are refused with 400 $code",
    async ({ code, call }) => {
      expect(await answerOf(await post(stack, "/v1/track", call))).toEqual({ status: 400, code });
    },
  );
});

describe("an alias", () => {
  test.each(["-".repeat(3_000), `a${" ".repeat(3_000)}`])(
    "whose previousId is longer than any key costs nobody their events",
    async (previousId) => {
      const userId = `alias-${previousId[0]}`;
      const alias = { type: "alias", userId, previousId, messageId: "the-alias" };
      await sendBatch(stack, [
        { type: "track", userId, event: "Before" },
        alias,
        { type: "track", userId, event: "After" },
      ]);
      await stack.quiet();
      const { profileId } = await readProfile(stack, `userId:${userId}`);
      expect(await readActivity(stack, profileId)).toHaveLength(3);
    },
  );
});

describe("whole numbers as ids", () => {
  test("are texts from then on", async () => {
    await sendBatch(stack, [{ type: "track", userId: 9_007_199_254_740_991, event: "Numbered" }]);
    await stack.quiet();
    const { identifiers } = await readProfile(stack, "userId:9007199254740991");
    expect(identifiers).toMatchObject([{ type: "userId", value: "9007199254740991" }]);
  });
});

describe("a write key", () => {
  const call = JSON.stringify({ event: "Keyed", userId: "keyed" });

  test("that nobody gave out, or none, is answered 401", async () => {
    const unknown = await postWithKey(stack, "/v1/track", call, { key: "wk_nobody" });
    expect(await answerOf(unknown)).toEqual({ status: 401, code: "write_key_unknown" });
    const none = await fetch(`${stack.url}/v1/track`, { method: "POST", body: call });
    expect(await answerOf(none)).toEqual({ status: 401, code: "write_key_missing" });
  });

  test("of a source that is removed is answered 401 before long, and what it brought stays", async () => {
    const { writeKey: key = "" } = await ask(stack, "/definitions/source/short-lived", DefinitionAnswer, {
      method: "PUT",
      body: { kind: "source", name: "short-lived", type: "server" },
    });
    const send = () => postWithKey(stack, "/v1/track", call, { key });
    await vi.waitFor(async () => expect((await send()).status).toBe(200), patience);
    expect((await stack.admin("/admin/v1/definitions/source/short-lived", { method: "DELETE" })).status).toBe(200);
    await vi.waitFor(async () => {
      expect(await answerOf(await send())).toEqual({ status: 401, code: "write_key_unknown" });
    }, patience);
    await stack.quiet();
    await readProfile(stack, "userId:keyed");
  });
});

/** Locally, definitions are read again after a second; this only ends what hangs. */
const patience = { timeout: 60_000, interval: 200 };

test("a failed event is entered again after a fix, once", async () => {
  const call = { type: "track", event: "Card Shown", context: { externalIds: [{ type: "memberCard", id: "M-1" }] } };
  const refused = await post(stack, "/v1/track", JSON.stringify(call));
  expect(await answerOf(refused)).toEqual({ status: 400, code: "no_identity" });
  const isIt = ({ event }: FailedEventItem) => (event as { event?: unknown } | undefined)?.event === "Card Shown";
  const object = (await readFailedEvents(stack)).find(isIt)?.object;
  const replay = () =>
    ask(stack, "/failed-events/replay", ReplayAnswer, { method: "POST", body: { objects: [object] } });

  expect(await replay()).toMatchObject({ replayed: 0, refused: 1 });
  await ask(stack, "/definitions/setting/project", DefinitionAnswer, {
    method: "PUT",
    body: { kind: "setting", name: "project", identityTypes: [{ type: "memberCard" }] },
  });
  await vi.waitFor(async () => expect(await replay()).toMatchObject({ replayed: 1, refused: 0 }), patience);
  await stack.quiet();
  const { profileId } = await readProfile(stack, "memberCard:M-1");
  expect(await readActivity(stack, profileId)).toHaveLength(1);
  expect((await readFailedEvents(stack)).filter(isIt)).toEqual([]);
  expect((await replay()).objects).toMatchObject([{ object, outcome: "missing" }]);
});

test("nothing that collection let pass was too much for the fold", async () => {
  expect((await readFailedEvents(stack)).filter(({ stage }) => stage !== "collect")).toEqual([]);
});
