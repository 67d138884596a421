import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { makeSesChannel } from "#aws/channels/ses.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
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
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** SES v2 on this machine. An answer of `undefined` is silence. */
async function startSes(answer?: { status: number; error?: string; message?: string }) {
  const got: { url: string | undefined; headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>;
      got.push({ url: request.url, headers: request.headers, body });
      if (!answer) return;
      const { status, error, message = "the mailbox ann@example.com" } = answer;
      const headers = error === undefined ? {} : { "x-amzn-ErrorType": error };
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(JSON.stringify(status === 200 ? { MessageId: "0100-ses" } : { message }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { got, channel: makeSesChannel(definition, { endpoint, region: "eu-west-1", credentials }) };
}

test("sends a raw message to one address, tagged with its touch", async () => {
  const { got, channel } = await startSes({ status: 200 });
  expect(await channel.send(aMail(), of)).toEqual({ kind: "sent", providerId: "0100-ses" });
  const [call] = got;
  expect(call?.url).toBe("/v2/email/outbound-emails");
  expect(call?.body).toMatchObject({
    FromEmailAddress: "shop@example.com",
    Destination: { ToAddresses: ["ann@example.com"] },
    ConfigurationSetName: "strata",
  });
  expect(call?.body.EmailTags).toContainEqual({ Name: "touchId", Value: "t-1" });
  const sent = call?.body as { Content: { Raw: { Data: string } } } | undefined;
  const raw = Buffer.from(sent?.Content.Raw.Data ?? "", "base64").toString("utf8");
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
