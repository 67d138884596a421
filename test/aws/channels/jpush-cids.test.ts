import { describe, expect, test } from "vitest";
import { makeJpushChannel } from "#aws/channels/jpush.ts";
import { type LoopbackRequest, openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { BY, outgoing } from "../../support/outgoing.ts";

const DEVICE = "18171adc0321eb6e4f6";
const PUSH = outgoing(DEVICE, { channel: "push", title: "Hi", body: "Ann" });
const SENT: Reaction = { body: { sendno: "18", msg_id: "1828256757" } };
const LIST = ["k-128eeb45", "k-6e44d7f1"];

/** JPush as its pages say: cids on request, and a push by each of them once. */
async function open(
  react: (push: LoopbackRequest, n: number) => Reaction,
  cids: Reaction = { body: { cidlist: LIST } },
) {
  let pushes = 0;
  const api = await openLoopbackApi((request) => (request.path === "/v3/push/cid" ? cids : react(request, ++pushes)));
  const channel = makeJpushChannel(
    { kind: "channel", name: "phones", channel: "push", adapter: "jpush", options: { endpoint: api.url, cid: true } },
    {
      secret: async () => JSON.stringify({ appKey: "key", masterSecret: "secret" }),
      now: () => 0,
      allowedHosts: api.allowedHosts,
    },
  );
  const cidsOf = () =>
    api.requests.filter(({ path }) => path === "/v3/push").map(({ body }) => (JSON.parse(body) as { cid: string }).cid);
  return { api, channel, cidsOf };
}

describe("a push by a cid", () => {
  test("asks for cids once, with the app's credentials, and gives each push its own", async () => {
    const { api, channel, cidsOf } = await open(() => SENT);
    await Promise.all([channel.send(PUSH, BY), channel.send(PUSH, BY)]);
    expect(cidsOf().toSorted()).toEqual(LIST);
    const asked = api.requests.filter(({ path }) => path === "/v3/push/cid");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: "GET", body: "" });
    expect(asked[0]?.query.get("count")).toBe("10");
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from("key:secret").toString("base64")}`);
    await channel.send(PUSH, BY);
    expect(api.requests.filter(({ path }) => path === "/v3/push/cid")).toHaveLength(2);
  });

  test.each<[string, Reaction]>([
    ["was lost", "drop"],
    ["never comes", "hang"],
    ["is a proxy's", { status: 502, body: "" }],
  ])("is tried once more by the same cid where the answer %s", async (_, lost) => {
    const { channel, cidsOf } = await open((_push, n) => (n === 1 ? lost : SENT));
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "sent", providerId: "1828256757" });
    expect(cidsOf()).toEqual([LIST[0], LIST[0]]);
  });

  test.each<[string, Reaction]>([
    ["lost too", "drop"],
    ["a refusal, which says nothing of the first", { status: 400, body: { error: { code: 1011 } } }],
    ["a throttle", { status: 429, body: { error: { code: 2002 } } }],
  ])("stays unknown where the second answer is %s", async (_, second) => {
    const { channel, cidsOf } = await open((_push, n) => (n === 1 ? "drop" : second));
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "unknown", code: "connection_lost" });
    expect(cidsOf()).toHaveLength(2);
  });

  test("that is refused is not tried again", async () => {
    const { channel, cidsOf } = await open(() => ({ status: 400, body: { error: { code: 1011 } } }));
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "failed", code: "token_dead", suppress: true });
    expect(cidsOf()).toHaveLength(1);
  });

  test.each<[string, Reaction, object]>([
    ["no answer", "drop", { kind: "retry", code: "cid_unavailable" }],
    ["an empty list", { body: { cidlist: [] } }, { kind: "retry", code: "cid_unavailable" }],
    [
      "a throttle",
      { status: 429, body: { error: { code: 2002 } } },
      { kind: "retry", code: "throttled", afterMs: 60_000 },
    ],
    ["a wrong key", { status: 401, body: { error: { code: 1004 } } }, { kind: "retry", code: "unauthorised" }],
  ])("without a cid nothing was sent, and it may come later: %s", async (_, cids, result) => {
    const { channel, cidsOf } = await open(() => SENT, cids);
    expect(await channel.send(PUSH, BY)).toMatchObject(result);
    expect(cidsOf()).toEqual([]);
  });
});
