import { describe, expect, test } from "vitest";
import { StreamUnavailableError } from "#domain/ports/streams.ts";
import { FailedEventPage, ReplayAnswer } from "#events/admin-api/failed-events.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { makeAdminHarness } from "../../support/admin-harness.ts";
import { anEvent, NOON } from "../../support/people.ts";

const replay = "/admin/v1/failed-events/replay";
const list = "/admin/v1/failed-events";

function refusedCall(call: object, code = "identifier_not_text"): FailedEvent {
  return {
    stage: "collect",
    code,
    message: "why",
    failedAt: NOON,
    source: { name: "server", type: "server" },
    wire: "segment",
    receivedAt: NOON,
    call,
  };
}
const unfoldable: FailedEvent = {
  stage: "fold",
  code: "event_unfoldable",
  message: "why",
  failedAt: NOON,
  event: anEvent("m-fold"),
};
const unreadable: FailedEvent = {
  stage: "stream",
  code: "stream_record_unreadable",
  message: "why",
  failedAt: NOON,
  stream: "events",
  sequenceNumber: "1",
  dataBase64: "AA==",
};
const good = { type: "track", event: "Signed Up", userId: "u-1", messageId: "m-1" };
const bad = { type: "track", event: "Signed Up" };

async function withServer(change: Parameters<typeof makeAdminHarness>[0] = {}) {
  const harness = makeAdminHarness(change);
  await harness.define({ kind: "source", name: "server", type: "server" } as never);
  const run = async (body: object) => {
    const answer = await harness.call("POST", replay, { body });
    expect(answer.status).toBe(200);
    return ReplayAnswer.parse(answer.body);
  };
  return { ...harness, run };
}

describe("failed events", () => {
  test("are listed with their reasons, newest object first, page by page", async () => {
    const { call, ports } = await withServer();
    await ports.failed.store([refusedCall(bad, "no_identity"), unfoldable]);
    await ports.failed.store([unreadable]);
    const first = FailedEventPage.parse((await call("GET", `${list}?limit=1`)).body);
    expect(first.items).toMatchObject([{ stage: "stream", code: "stream_record_unreadable" }]);
    const second = FailedEventPage.parse((await call("GET", `${list}?limit=1&cursor=${first.cursor}`)).body);
    expect(second).toMatchObject({
      items: [
        { stage: "collect", code: "no_identity", event: bad, source: { name: "server" } },
        { stage: "fold", code: "event_unfoldable", event: { messageId: "m-fold" } },
      ],
      cursor: null,
    });
  });

  test("that cannot be read, or are gone meanwhile, do not hide the others", async () => {
    const base = await withServer();
    await base.ports.failed.store([refusedCall(bad)]);
    await base.ports.failed.store([unfoldable]);
    await base.ports.failed.store([unfoldable]);
    const [gone = "", broken = ""] = (await base.ports.failed.list({ limit: 2 })).objects;
    const read = async (object: string) => {
      const code =
        object === gone ? "failed_object_unknown" : object === broken ? "failed_object_unreadable" : undefined;
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return base.ports.failed.read(object);
    };
    const { call, run } = await withServer({ failed: { ...base.ports.failed, read } });
    const page = FailedEventPage.parse((await call("GET", list)).body);
    expect(page.items).toMatchObject([{ object: broken, stage: "unreadable" }, { stage: "collect" }]);
    expect((await run({})).objects).toMatchObject([
      { outcome: "missing" },
      { outcome: "unreadable" },
      { outcome: "kept" },
    ]);
  });

  test("a very full page ends early and goes on where it ended", async () => {
    const { call, ports } = await withServer();
    const large = { ...bad, properties: { text: "x".repeat(1_500_000) } };
    for (let n = 0; n < 5; n++) await ports.failed.store([refusedCall(large)]);
    const seen = new Set<string>();
    let pages = 0;
    let cursor: string | null = "";
    while (cursor !== null) {
      const answer = await call("GET", cursor === "" ? list : `${list}?cursor=${cursor}`);
      expect(answer.text.length).toBeLessThan(6_000_000);
      const page = FailedEventPage.parse(answer.body);
      for (const { object } of page.items) seen.add(object);
      cursor = page.cursor;
      pages++;
    }
    expect(seen.size).toBe(5);
    expect(pages).toBeGreaterThan(1);
  });
});

describe("replaying", () => {
  test("enters what is good now, keeps what is not, and removes the object once all is durable", async () => {
    const { ports, run } = await withServer();
    await ports.failed.store([refusedCall(good), refusedCall(bad), unfoldable, unreadable]);
    const [object = ""] = ports.failed.objects.keys();
    const answer = await run({});
    expect(answer).toEqual({
      objects: [{ object, outcome: "removed", replayed: 2, refused: 1, kept: 1 }],
      replayed: 2,
      refused: 1,
      kept: 1,
      more: false,
    });
    expect(ports.events.events).toMatchObject([
      { messageId: "m-1", identifiers: [["userId", "u-1"]], source: { name: "server" }, receivedAt: NOON },
      { messageId: "m-fold" },
    ]);
    const [left = "", ...others] = ports.failed.objects.keys();
    expect(others).toEqual([]);
    expect(await ports.failed.read(left)).toMatchObject([{ code: "no_identity", call: bad }, { stage: "stream" }]);
    expect(ports.audit.entries().at(-1)).toMatchObject({
      action: "failed-events.replay",
      outcome: "done",
      details: { replayed: 2, refused: 1, kept: 1 },
    });
    expect((await run({})).objects).toMatchObject([{ outcome: "kept", replayed: 0 }]);
    expect([...ports.failed.objects.keys()]).toEqual([left]);
  });

  test("takes only the objects and the reason that are asked for", async () => {
    const { ports, run } = await withServer();
    await ports.failed.store([refusedCall(good, "fixed"), refusedCall({ ...good, messageId: "m-2" }, "other")]);
    await ports.failed.store([refusedCall({ ...good, messageId: "m-3" }, "fixed")]);
    const [first = "", second = ""] = ports.failed.objects.keys();
    const answer = await run({ objects: [first, "failed/2026-01-01/nothing.ndjson"], code: "fixed" });
    expect(answer.objects).toMatchObject([
      { object: first, outcome: "removed", replayed: 1, kept: 1 },
      { outcome: "missing" },
    ]);
    expect(ports.events.events.map(({ messageId }) => messageId)).toEqual(["m-1"]);
    expect(ports.failed.objects.has(second)).toBe(true);
  });

  test("gives a call without a messageId the same one every time", async () => {
    const base = await withServer();
    const { messageId: _, ...anonymous } = good;
    await base.ports.failed.store([refusedCall(anonymous), refusedCall(anonymous)]);
    let crashes = 1;
    const remove = async (object: string) => {
      if (crashes-- > 0) throw new Error("crashed before removing");
      return base.ports.failed.remove(object);
    };
    const { call, ports } = await withServer({ failed: { ...base.ports.failed, remove } });
    expect((await call("POST", replay, { body: {} })).status).toBe(500);
    expect((await call("POST", replay, { body: {} })).status).toBe(200);
    const ids = ports.events.events.map(({ messageId }) => messageId);
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(2);
    expect(base.ports.failed.objects.size).toBe(0);
  });

  test("into a stream that is down answers 503 and removes nothing", async () => {
    const put = () => Promise.reject(new StreamUnavailableError("stream_throttled"));
    const { call, ports } = await withServer({ events: { put } });
    await ports.failed.store([refusedCall(good)]);
    expect(await call("POST", replay, { body: {} })).toMatchObject({ status: 503, body: { code: "stream_throttled" } });
    expect(ports.failed.objects.size).toBe(1);
    expect(ports.audit.entries().at(-1)).toMatchObject({ outcome: "attempted", details: { code: "stream_throttled" } });
  });

  test("trusts a source that was removed with nothing", async () => {
    const { call, define, ports, run } = await withServer();
    await define({ kind: "trait", name: "score", protected: true } as never);
    expect((await call("DELETE", "/admin/v1/definitions/source/server")).status).toBe(200);
    await ports.failed.store([
      refusedCall({ type: "identify", userId: "u-1", messageId: "m-1", traits: { score: 9, city: "x" } }),
    ]);
    expect(await run({})).toMatchObject({ replayed: 1 });
    expect(ports.events.events[0]?.traits).toEqual({ city: "x" });
  });

  test.each([["definitions/x.json"], ["aws/lambda/x"], ["failed/../definitions/x"], [""]])(
    "refuses to reach for %j",
    async (object) => {
      const { call } = await withServer();
      const answer = await call("POST", replay, { body: { objects: [object] } });
      expect([400, 200]).toContain(answer.status);
      if (answer.status === 200) expect(answer.body).toMatchObject({ objects: [{ outcome: "missing" }] });
    },
  );
});
