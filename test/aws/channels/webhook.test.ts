import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { makeWebhookChannel } from "#aws/channels/webhook.ts";
import type { OutgoingMessage } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { NOON } from "../../support/people.ts";

const KEY = Buffer.from("a key of twenty-four byte");
const SECRET = `whsec_${KEY.toString("base64")}`;
const message: OutgoingMessage = {
  address: "p_ann",
  profileId: "p_ann" as ProfileId,
  category: "marketing",
  journey: "welcome",
  message: { channel: "webhook", json: '{"hello":"世界"}' },
};
const of = { touchId: "t-1", timeoutMs: 500 };
const definition = (url: string): ChannelDefinition => ({
  kind: "channel",
  name: "hooks",
  channel: "webhook",
  adapter: "standard-webhooks",
  options: { url },
  secret: "strata/hooks",
});

const servers: (() => void)[] = [];
afterEach(() => {
  for (const stop of servers.splice(0)) stop();
});

interface Got {
  readonly request: IncomingMessage;
  readonly body: string;
}

/** A receiver on this machine that answers as it is told. */
async function receive(answer: (response: ServerResponse, request: IncomingMessage) => void) {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      got.push({ request, body: Buffer.concat(chunks).toString("utf8") });
      answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { got, host: `127.0.0.1:${port}`, port };
}

function aChannel(host: string, path = "/in?x=1") {
  const surroundings = { secret: async () => SECRET, now: () => NOON, allowedHosts: new Set([host]) };
  return makeWebhookChannel(definition(`http://${host}${path}`), surroundings);
}

test("posts the touch as Standard Webhooks asks, with a signature that its receiver can check", async () => {
  const { got, host } = await receive((response) => response.writeHead(204).end());
  expect(await aChannel(host).send(message, of)).toEqual({ kind: "sent", providerId: "t-1" });
  const [call] = got;
  expect(call).toMatchObject({ body: '{"hello":"世界"}', request: { method: "POST", url: "/in?x=1" } });
  const { headers } = call?.request ?? {};
  const timestamp = String(NOON / 1000);
  const signed = createHmac("sha256", KEY).update(`t-1.${timestamp}.${call?.body}`).digest("base64");
  expect(headers).toMatchObject({
    host,
    "content-type": "application/json",
    "webhook-id": "t-1",
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signed}`,
  });
});

describe("an answer", () => {
  test.each([
    [400, {}, { kind: "failed", code: "http_400" }],
    [410, {}, { kind: "failed", code: "http_410" }],
    [302, { Location: "http://169.254.169.254/" }, { kind: "failed", code: "http_302" }],
    [429, { "Retry-After": "7" }, { kind: "retry", afterMs: 7000, code: "http_429" }],
    [503, {}, { kind: "retry", afterMs: 0, code: "http_503" }],
    [500, {}, { kind: "unknown", code: "http_500" }],
    [504, {}, { kind: "unknown", code: "http_504" }],
  ])("of %i is read, and no redirect is followed", async (status, headers, expected) => {
    const { got, host } = await receive((response) => response.writeHead(status, headers).end());
    expect(await aChannel(host).send(message, of)).toEqual(expected);
    expect(got).toHaveLength(1);
  });

  test("that never ends is cut off, and counts by its status", async () => {
    const { host } = await receive((response) => {
      response.writeHead(200);
      response.write("x".repeat(200_000));
    });
    expect(await aChannel(host).send(message, of)).toEqual({ kind: "sent", providerId: "t-1" });
  });

  test("that never comes is unknown", async () => {
    const { host } = await receive(() => undefined);
    expect(await aChannel(host).send(message, of)).toEqual({ kind: "unknown", code: "timed_out" });
  });

  test("of a connection that breaks is unknown; where none is made it may come later", async () => {
    const { host } = await receive((_, request) => request.socket.destroy());
    expect(await aChannel(host).send(message, of)).toEqual({ kind: "unknown", code: "connection_lost" });
    expect(await aChannel("127.0.0.1:1").send(message, of)).toEqual({
      kind: "retry",
      afterMs: 0,
      code: "connection_lost",
    });
  });
});

describe("a target", () => {
  const send = (url: string, addresses: readonly string[] = []) => {
    const resolve = async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    return makeWebhookChannel(definition(url), { secret: async () => SECRET, now: () => NOON, resolve }).send(
      message,
      of,
    );
  };

  test.each([
    "127.0.0.1",
    "2130706433",
    "0x7f.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[64:ff9b::a9fe:a9fe]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[2002:7f00:1::]",
  ])("of %s is refused", async (host) => {
    expect(await send(`https://${host}/`)).toEqual({ kind: "failed", code: "target_not_global" });
  });

  test.each([[["127.0.0.1"]], [["93.184.215.14", "10.0.0.1"]], [["::ffff:10.0.0.1"]]])(
    "whose name leads to %j is refused",
    async (addresses) => {
      expect(await send("https://rebind.example.com/", addresses)).toEqual({
        kind: "failed",
        code: "target_not_global",
      });
    },
  );

  test("without TLS, or with a password in it, is refused", async () => {
    expect(await send("http://example.com/", ["93.184.215.14"])).toEqual({ kind: "failed", code: "url_invalid" });
    expect(await send("https://a:b@example.com/", ["93.184.215.14"])).toEqual({ kind: "failed", code: "url_invalid" });
  });

  test("whose name nobody knows may be known later", async () => {
    expect(await send("https://nowhere.example.com/")).toEqual({ kind: "retry", afterMs: 0, code: "host_unknown" });
  });

  test("is resolved once, and that address is called", async () => {
    const { got, port } = await receive((response) => response.writeHead(200).end());
    let asked = 0;
    const host = `hooks.example.com:${port}`;
    const channel = makeWebhookChannel(definition(`http://${host}/`), {
      secret: async () => SECRET,
      now: () => NOON,
      allowedHosts: new Set([host]),
      resolve: async () => {
        asked++;
        return [{ address: asked === 1 ? "127.0.0.1" : "169.254.169.254", family: 4 }];
      },
    });
    expect(await channel.send(message, of)).toMatchObject({ kind: "sent" });
    expect([asked, got[0]?.request.headers.host]).toEqual([1, host]);
  });
});
