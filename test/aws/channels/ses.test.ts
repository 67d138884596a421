import { describe, expect, test } from "vitest";
import { makeSesChannel } from "#aws/channels/ses.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { openLoopbackApi } from "../../support/loopback-api.ts";
import { authorizationOf } from "../../support/sigv4.ts";
import { aMail } from "./a-mail.ts";

const of = { touchId: "t-1", timeoutMs: 500 };
const definition: ChannelDefinition = {
  kind: "channel",
  name: "mail",
  channel: "email",
  adapter: "ses",
  options: { from: "shop@example.com", configurationSet: "strata" },
};
const credentials = { accessKeyId: "AKIAPLANTED", secretAccessKey: "planted-secret" };

/** SES v2 on this machine. An answer of `undefined` is silence. */
async function startSes(answer?: { status: number; error?: string; message?: string }) {
  const api = await openLoopbackApi(() => {
    if (!answer) return "hang";
    const { status, error, message = "the mailbox ann@example.com" } = answer;
    const headers = error === undefined ? {} : { "x-amzn-ErrorType": error };
    return { status, headers, body: status === 200 ? { MessageId: "0100-ses" } : { message } };
  });
  const channel = makeSesChannel(definition, { endpoint: api.url, region: "eu-west-1", credentials });
  return { got: api.requests, channel };
}

test("sends a raw message to one address, tagged with its touch", async () => {
  const { got, channel } = await startSes({ status: 200 });
  expect(await channel.send(aMail(), of)).toEqual({ kind: "sent", providerId: "0100-ses" });
  const [call] = got;
  expect(call).toMatchObject({ method: "POST", path: "/v2/email/outbound-emails" });
  expect(call?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIAPLANTED\/\d{8}\/eu-west-1\/ses\//);
  expect(call?.headers.authorization).toBe(call && authorizationOf(call, credentials));
  const sent = JSON.parse(call?.body ?? "");
  expect(sent).toMatchObject({
    FromEmailAddress: "shop@example.com",
    Destination: { ToAddresses: ["ann@example.com"] },
    ConfigurationSetName: "strata",
  });
  expect(sent.EmailTags).toContainEqual({ Name: "touchId", Value: "t-1" });
  const raw = Buffer.from(sent.Content.Raw.Data, "base64").toString("utf8");
  expect(raw).toContain("Message-ID: <t-1@example.com>");
  expect(raw).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
});

describe("an answer", () => {
  test.each([
    [400, "MessageRejected", { kind: "failed", code: "message_rejected" }],
    [400, "BadRequestException", { kind: "failed", code: "bad_request" }],
    [429, "TooManyRequestsException", { kind: "retry", afterMs: 0, code: "throttled" }],
    [400, "SendingPausedException", { kind: "retry", afterMs: 900_000, code: "sending_paused" }],
    [400, "AccountSuspendedException", { kind: "retry", afterMs: 900_000, code: "account_suspended" }],
    [400, "MailFromDomainNotVerifiedException", { kind: "retry", afterMs: 900_000, code: "sender_not_verified" }],
    [403, "AccessDeniedException", { kind: "retry", afterMs: 0, code: "unauthorised" }],
    [403, "SomethingNew", { kind: "retry", afterMs: 0, code: "unauthorised" }],
    [500, "InternalServiceErrorException", { kind: "unknown", code: "provider_error" }],
  ])("of %i %s is read, asked for once, and nothing of its text is kept", async (status, error, expected) => {
    const { got, channel } = await startSes({ status, error });
    const result = await channel.send(aMail(), of);
    expect(result).toEqual(expected);
    expect(got).toHaveLength(1);
    expect(JSON.stringify(result)).not.toMatch(/ann@|planted/i);
  });

  test("that never comes is unknown", async () => {
    const { got, channel } = await startSes();
    expect(await channel.send(aMail(), of)).toEqual({ kind: "unknown", code: "timed_out" });
    expect(got).toHaveLength(1);
  });

  test("of nobody is no message sent", async () => {
    const channel = makeSesChannel(definition, { endpoint: "http://127.0.0.1:1", region: "eu-west-1", credentials });
    expect(await channel.send(aMail(), of)).toEqual({ kind: "retry", afterMs: 0, code: "unreachable" });
  });
});
