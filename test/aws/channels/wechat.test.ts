import { describe, expect, test } from "vitest";
import { makeWechatChannel } from "#aws/channels/wechat.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { type LoopbackRequest, openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { makeMemoryWorkStore } from "../../support/memory-work-store.ts";
import { BY, outgoing } from "../../support/outgoing.ts";

const APP_SECRET = "an-app-secret-of-thirty-two-char";
const NEWS = outgoing("oAbCdEfGhIjKlMnOpQrStUvWxYz0", {
  channel: "wechat",
  templateId: "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY",
  data: { keyword1: "巧克力", keyword2: "39.8元" },
  url: "https://shop.example.com/",
});
const START = Date.parse("2026-05-01T08:00:00Z");
/** Beyond what a JavaScript number holds. */
const SENT: Reaction = { body: '{"errcode":0,"errmsg":"ok","msgid":9007199254740993123}' };

interface Wechat {
  readonly send?: (token: string) => Reaction;
  readonly token?: (request: LoopbackRequest) => Reaction;
}

/** WeChat: one stable token that `force_refresh` alone replaces, and workers of which each has its own memory. */
async function open({ send = () => SENT, token }: Wechat = {}) {
  const clock = { now: START };
  const state = { issued: 1 };
  const work = makeMemoryWorkStore();
  const api = await openLoopbackApi((request) => {
    if (request.path === "/cgi-bin/stable_token") {
      if (token) return token(request);
      if (JSON.parse(request.body).force_refresh) state.issued++;
      return { body: { access_token: `token-${state.issued}`, expires_in: 7200 } };
    }
    return send(request.query.get("access_token") ?? "");
  });
  const worker = () =>
    makeWechatChannel(
      {
        kind: "channel",
        name: "account",
        channel: "wechat",
        adapter: "official-account",
        options: { appId: "wx123", endpoint: api.url },
      },
      {
        secret: async () => JSON.stringify({ appSecret: APP_SECRET }),
        now: () => clock.now,
        work,
        sleep: (ms) => new Promise((done) => setTimeout(done, Math.min(ms, 5))),
        allowedHosts: api.allowedHosts,
      },
    );
  const asked = (path: string) => api.requests.filter((request) => request.path === path);
  const tokens = () => asked("/cgi-bin/stable_token").map(({ body }) => JSON.parse(body));
  const sends = () => asked("/cgi-bin/message/template/send");
  return { worker, clock, state, work, tokens, sends };
}

describe("a message of an official account", () => {
  test("is the account's template with its values, to an openid", async () => {
    const { worker, tokens, sends } = await open();
    expect(await worker().send(NEWS, BY)).toEqual({ kind: "sent", providerId: "9007199254740993123" });
    expect(tokens()).toEqual([
      { grant_type: "client_credential", appid: "wx123", secret: APP_SECRET, force_refresh: false },
    ]);
    const [request] = sends();
    expect(request?.method).toBe("POST");
    expect(request?.query.get("access_token")).toBe("token-1");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      touser: "oAbCdEfGhIjKlMnOpQrStUvWxYz0",
      template_id: "ngqIpbwh8bUfcSsECmogfXcV14J0tQlEpBO27izEYtY",
      url: "https://shop.example.com/",
      data: { keyword1: { value: "巧克力" }, keyword2: { value: "39.8元" } },
    });
  });

  test("shares one token among all workers, until shortly before its end", async () => {
    const { worker, clock, tokens, work } = await open();
    const workers = [worker(), worker(), worker()];
    await Promise.all(workers.flatMap((one) => [one.send(NEWS, BY), one.send(NEWS, BY)]));
    expect(tokens()).toHaveLength(1);
    // The table holds it sealed.
    expect(JSON.stringify(await work.find("channel#account", "token"))).not.toContain("token-1");
    clock.now += 7200_000 - 4 * 60_000;
    await Promise.all(workers.map((one) => one.send(NEWS, BY)));
    expect(tokens()).toHaveLength(2);
  });

  test.each([40001, 42001, 40014])("gets another token, once for all, after %i", async (errcode) => {
    const ended = new Set(["token-1"]);
    const { worker, tokens, sends } = await open({
      send: (token) => (ended.has(token) ? { body: { errcode, errmsg: "access_token expired" } } : SENT),
    });
    const workers = [worker(), worker(), worker()];
    const results = await Promise.all(workers.map((one) => one.send(NEWS, BY)));
    expect(results).toEqual(Array(3).fill({ kind: "sent", providerId: "9007199254740993123" }));
    expect(tokens().filter(({ force_refresh }) => force_refresh)).toHaveLength(1);
    // Whoever comes late finds the new one.
    expect(sends().length).toBeLessThanOrEqual(6);
  });

  test("takes up a token that somebody else has renewed without forcing another", async () => {
    const { worker, state, tokens } = await open({
      send: (token) => (token === `token-${state.issued}` ? SENT : { body: { errcode: 40001, errmsg: "no" } }),
    });
    const one = worker();
    await one.send(NEWS, BY);
    state.issued++;
    expect(await one.send(NEWS, BY)).toMatchObject({ kind: "sent" });
    expect(tokens().filter(({ force_refresh }) => force_refresh)).toEqual([]);
  });

  test("is tried once more and not again where no token is taken", async () => {
    const { worker, sends } = await open({ send: () => ({ body: { errcode: 40001, errmsg: "no" } }) });
    expect(await worker().send(NEWS, BY)).toEqual({ kind: "retry", afterMs: 0, code: "unauthorised" });
    expect(sends()).toHaveLength(2);
  });

  test("takes over from a worker that died while it fetched", async () => {
    const { worker, clock, work } = await open();
    const lease = { owner: "dead", until: clock.now + 10_000 };
    await work.save({ job: "channel#account", slice: "token", revision: 1, body: { endsAt: 0, lease } });
    const waiting = worker().send(NEWS, BY);
    clock.now += 10_001;
    expect(await waiting).toMatchObject({ kind: "sent" });
  });

  test.each<[string, (request: LoopbackRequest) => Reaction, SendResult]>([
    [
      "a wrong secret",
      () => ({ body: { errcode: 40125, errmsg: "no" } }),
      { kind: "retry", afterMs: 0, code: "unauthorised" },
    ],
    [
      "an address not allowed",
      () => ({ body: { errcode: 40164, errmsg: "no" } }),
      { kind: "retry", afterMs: 900_000, code: "unauthorised" },
    ],
    [
      "a quota",
      () => ({ body: { errcode: 45009, errmsg: "no" } }),
      { kind: "retry", afterMs: 900_000, code: "quota_spent" },
    ],
    ["a lost answer", () => "drop", { kind: "retry", afterMs: 0, code: "token_unavailable" }],
  ])("is sent later where there is no token: %s", async (_, token, result) => {
    const { worker, sends, work } = await open({ token });
    expect(await worker().send(NEWS, BY)).toEqual(result);
    expect(sends()).toEqual([]);
    expect((await work.find("channel#account", "token"))?.body).toEqual({ endsAt: 0 });
  });

  test.each(["find", "save"] as const)("is sent later where the store of tokens does not answer a %s", async (call) => {
    const { worker, sends, work } = await open();
    work[call] = async () => {
      throw new StoreUnavailableError("store_throttled", "Work");
    };
    expect(await worker().send(NEWS, BY)).toEqual({ kind: "retry", afterMs: 0, code: "token_unavailable" });
    expect(sends()).toEqual([]);
  });

  test.each<[string, Reaction, SendResult]>([
    ["lost", "drop", { kind: "unknown", code: "connection_lost" }],
    ["a proxy's", { status: 502, body: "<html>" }, { kind: "unknown", code: "answer_unreadable" }],
    ["without an id", { body: { errcode: 0 } }, { kind: "unknown", code: "answer_unreadable" }],
  ])("is unknown where the answer is %s", async (_, reaction, result) => {
    const { worker } = await open({ send: () => reaction });
    expect(await worker().send(NEWS, BY)).toEqual(result);
  });
});
