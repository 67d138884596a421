import { describe, expect, test } from "vitest";
import { makeAwsSmsChannel } from "#aws/channels/aws-sms.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import { openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { BY, outgoing } from "../../support/outgoing.ts";
import { authorizationOf } from "../../support/sigv4.ts";

const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "a-secret-key" };
const OFFER = outgoing("+14255550156", { channel: "sms", text: "20% off today" });

async function open(reaction: Reaction) {
  const api = await openLoopbackApi(() => reaction);
  const channel = makeAwsSmsChannel(
    {
      kind: "channel",
      name: "texts",
      channel: "sms",
      adapter: "aws",
      options: { originationIdentity: "pool-1", configurationSet: "strata", region: "eu-west-1" },
    },
    { endpoint: api.url, credentials: KEYS },
  );
  return { api, channel };
}

describe("a text over AWS End User Messaging", () => {
  test("is one SendTextMessage with the touch as its context, signed", async () => {
    const { api, channel } = await open({ body: { MessageId: "m-1" } });
    expect(await channel.send(OFFER, BY)).toEqual({ kind: "sent", providerId: "m-1", segments: 1 });
    const [request] = api.requests;
    expect(request).toMatchObject({ method: "POST", path: "/" });
    expect(request?.headers["x-amz-target"]).toBe("PinpointSMSVoiceV2.SendTextMessage");
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sms-voice\/aws4_request/,
    );
    expect(request?.headers.authorization).toBe(request && authorizationOf(request, KEYS));
    expect(JSON.parse(request?.body ?? "")).toEqual({
      DestinationPhoneNumber: "+14255550156",
      OriginationIdentity: "pool-1",
      MessageBody: "20% off today Reply STOP to opt out",
      MessageType: "PROMOTIONAL",
      ConfigurationSetName: "strata",
      Context: { touchId: "touch-1" },
    });
  });

  test("that somebody waits for is transactional, and says nothing of opting out", async () => {
    const { api, channel } = await open({ body: { MessageId: "m-1" } });
    await channel.send({ ...OFFER, category: "transactional" }, BY);
    expect(JSON.parse(api.requests[0]?.body ?? "")).toMatchObject({
      MessageBody: "20% off today",
      MessageType: "TRANSACTIONAL",
    });
  });

  test.each<[string, Reaction, SendResult]>([
    // The SDK's own word for a connection that broke.
    ["a lost answer", "drop", { kind: "unknown", code: "timed_out" }],
    ["silence", "hang", { kind: "unknown", code: "timed_out" }],
  ])("answers %s", async (_, reaction, result) => {
    const { api, channel } = await open(reaction);
    expect(await channel.send(OFFER, { ...BY, timeoutMs: 500 })).toEqual(result);
    expect(api.requests).toHaveLength(1);
  });

  test("is not sent to what is no number, nor longer than 1,600 characters", async () => {
    const { api, channel } = await open({ body: {} });
    expect(await channel.send({ ...OFFER, address: "555" }, BY)).toEqual({ kind: "failed", code: "address_invalid" });
    const long = outgoing("+14255550156", { channel: "sms", text: "x".repeat(1600) });
    expect(await channel.send(long, BY)).toEqual({ kind: "failed", code: "message_too_long" });
    expect(api.requests).toEqual([]);
  });
});
