import { describe, expect, test } from "vitest";
import { basic, makeCollectHarness } from "../../support/collect-harness.ts";

const call = { userId: "u-1", event: "E", groupId: "g", previousId: "p" };

describe.each(["http", "rest"] as const)("through the gateway of kind %s", (gateway) => {
  test("every route of a single call gives its kind to the call, long and short", async () => {
    const harness = makeCollectHarness();
    for (const route of ["track", "identify", "page", "screen", "group", "alias", "t", "i", "p", "s", "g", "a"]) {
      const answer = await harness.post(`/v1/${route}`, call, "SERVER_KEY", gateway);
      expect([answer.statusCode, answer.body]).toEqual([200, '{"success":true}']);
    }
    const kinds = ["track", "identify", "page", "screen", "group", "alias"];
    expect(harness.events.map(({ type }) => type)).toEqual([...kinds, ...kinds]);
  });

  test("the settings tell a browser SDK where to send", async () => {
    const { send } = makeCollectHarness();
    const path = "/v1/projects/WEB_KEY/settings";
    const headers = { host: "collect.example:8080", "x-forwarded-proto": "http" };
    const answer = await send({ method: "GET", path, headers }, gateway);
    const apiHost = gateway === "http" ? "collect.example:8080/v1" : "collect.example:8080/prod/v1";
    expect(JSON.parse(answer.body)).toEqual({
      integrations: { "Segment.io": { apiKey: "WEB_KEY", apiHost, protocol: "http" } },
    });
    expect((await send({ method: "GET", path: "/v1/projects/NONE/settings" }, gateway)).statusCode).toBe(401);
  });

  test("browsers of any origin may ask and send", async () => {
    const { send } = makeCollectHarness();
    const headers = {
      origin: "https://shop.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,x-write-key,x-retry-count",
    };
    const asked = await send({ method: "OPTIONS", path: "/v1/batch", headers }, gateway);
    expect(asked.statusCode).toBe(204);
    expect(asked.headers).toMatchObject({
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "authorization, content-type, x-write-key, x-retry-count",
      "Access-Control-Allow-Methods": "GET,POST,OPTIONS",
    });
    const refused = await send({ path: "/v1/track", headers: { origin: "https://shop.example" }, body: "{}" }, gateway);
    expect([refused.statusCode, refused.headers["Access-Control-Allow-Origin"]]).toEqual([401, "*"]);
  });

  test("liveness needs no key; unknown routes and methods are told apart", async () => {
    const { send } = makeCollectHarness();
    const status = async (method: string, path: string) => (await send({ method, path }, gateway)).statusCode;
    expect(await status("GET", "/healthz")).toBe(200);
    expect(await status("GET", "/v1/unknown")).toBe(404);
    expect(await status("POST", "/v2/track")).toBe(404);
    expect(await status("GET", "/v1/track")).toBe(405);
    expect(await status("DELETE", "/sa")).toBe(405);
  });

  test("Sensors calls come as a form, as JSON, or as bare base64", async () => {
    const harness = makeCollectHarness();
    const one = JSON.stringify({
      type: "track",
      event: "E",
      distinct_id: "d-1",
      time: 1,
      _track_id: 1,
      properties: {},
    });
    const base64 = Buffer.from(one).toString("base64");
    const list = Buffer.from(`[${one},${one}]`).toString("base64");
    for (const body of [
      `data=${encodeURIComponent(base64)}&ext=crc%3D1`,
      `data=${base64}`,
      base64,
      one,
      `data_list=${list}`,
    ]) {
      const answer = await harness.send({ path: "/sa?project=SERVER_KEY", body }, gateway);
      expect([answer.statusCode, answer.body]).toEqual([200, '{"success":true}']);
    }
    const pixel = await harness.send({ path: "/sa.gif?token=SERVER_KEY", body: base64 }, gateway);
    expect(pixel.headers["Content-Type"]).toBe("image/gif");
    expect(harness.events).toHaveLength(7);
    expect(new Set(harness.events.map(({ messageId }) => messageId)).size).toBe(1);
  });
});

test("events travel grouped by userId, or else anonymousId, in their order", async () => {
  const harness = makeCollectHarness();
  const batch = [
    { type: "track", event: "1", userId: "a", anonymousId: "x" },
    { type: "track", event: "2", anonymousId: "x" },
    { type: "track", event: "3", userId: "a" },
    { type: "track", event: "4", anonymousId: "x" },
    { type: "identify", traits: { email: "c@d.e" } },
  ];
  await harness.post("/v1/batch", { batch });
  const names = harness.state.groups.map(({ events }) => events.map(({ event, type }) => event ?? type));
  expect(names).toEqual([["1", "3"], ["2", "4"], ["identify"]]);
  expect(new Set(harness.state.groups.map(({ key }) => key)).size).toBe(3);
});

test("a batch's context and sentAt hold for its calls where they do not say otherwise", async () => {
  const harness = makeCollectHarness();
  const { now } = harness.state;
  const sentAt = new Date(now - 60_000).toISOString();
  const timestamp = new Date(now - 70_000).toISOString();
  const batch = [
    { type: "track", event: "E", userId: "u", timestamp },
    { type: "track", event: "E", userId: "u", timestamp, context: { app: { name: "own" } } },
  ];
  const body = { batch, sentAt, context: { app: { name: "shared" }, ip: "203.0.113.9" } };
  await harness.send({ path: "/v1/batch", headers: { authorization: basic("WEB_KEY") }, body: JSON.stringify(body) });
  expect(harness.events).toMatchObject([
    { device: { app: "shared" }, place: { country: "NL" }, at: now - 10_000, flags: ["clock_corrected"] },
    { device: { app: "own" }, place: { country: "NL" }, at: now - 10_000 },
  ]);
});
