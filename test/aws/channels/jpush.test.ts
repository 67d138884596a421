import { describe, expect, test } from "vitest";
import { makeJpushChannel } from "#aws/channels/jpush.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import { openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { BY, outgoing } from "../../support/outgoing.ts";

const DEVICE = "18171adc0321eb6e4f6";
const PUSH = outgoing(DEVICE, { channel: "push", title: "Hi", body: "Ann", url: "https://shop.example.com/" });

async function open(reaction: Reaction) {
  const api = await openLoopbackApi(() => reaction);
  const channel = makeJpushChannel(
    { kind: "channel", name: "phones", channel: "push", adapter: "jpush", options: { endpoint: api.url } },
    {
      secret: async () =>
        JSON.stringify({ appKey: "7d431e42dfa6a6d693ac2d04", masterSecret: "5e987ac6d2e04d95a9d8f0d1" }),
      now: () => 0,
      allowedHosts: api.allowedHosts,
    },
  );
  return { api, channel };
}

describe("a notification over JPush", () => {
  test("goes to one registration id, on Android and iOS", async () => {
    const { api, channel } = await open({ body: { sendno: "18", msg_id: "1828256757" } });
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "sent", providerId: "1828256757" });
    const [request] = api.requests;
    expect(request).toMatchObject({ method: "POST", path: "/v3/push" });
    // The example of their own documentation.
    expect(request?.headers.authorization).toBe(
      "Basic N2Q0MzFlNDJkZmE2YTZkNjkzYWMyZDA0OjVlOTg3YWM2ZDJlMDRkOTVhOWQ4ZjBkMQ==",
    );
    const extras = { touchId: "touch-1", journey: "welcome", url: "https://shop.example.com/" };
    expect(JSON.parse(request?.body ?? "")).toEqual({
      platform: "all",
      audience: { registration_id: [DEVICE] },
      notification: {
        android: { title: "Hi", alert: "Ann", extras },
        ios: { alert: { title: "Hi", body: "Ann" }, extras },
      },
      options: { apns_production: true },
    });
  });

  test.each<[string, Reaction, SendResult]>([
    ["lost", "drop", { kind: "unknown", code: "connection_lost" }],
    ["a proxy's", { status: 504, body: "" }, { kind: "unknown", code: "provider_error" }],
    ["unreadable", { body: "{}" }, { kind: "unknown", code: "answer_unreadable" }],
  ])("is unknown where the answer is %s", async (_, reaction, result) => {
    const { channel } = await open(reaction);
    expect(await channel.send(PUSH, BY)).toEqual(result);
  });

  test("does not take the tokens of other push services", async () => {
    const { channel } = await open({ body: {} });
    expect(channel.takes?.(DEVICE)).toBe(true);
    expect(channel.takes?.(`${"d".repeat(22)}:APA91b${"x".repeat(120)}`)).toBe(false);
  });
});
