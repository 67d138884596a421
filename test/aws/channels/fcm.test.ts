import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeFcmChannel } from "#aws/channels/fcm.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  openLoopbackApi,
  type Reaction,
} from "../../support/loopback-api.ts";
import { BY, outgoing } from "../../support/outgoing.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ACCOUNT = {
  type: "service_account",
  project_id: "shop-1",
  client_email: "push@shop-1.iam.gserviceaccount.com",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
};
const START = Date.parse("2026-05-01T08:00:00Z");
const DEVICE = `${"d".repeat(22)}:APA91b${"x".repeat(120)}`;
const PUSH = outgoing(DEVICE, { channel: "push", title: "Hi", body: "Ann", url: "myshop://cart" });
const SENT: LoopbackAnswer = { body: { name: "projects/shop-1/messages/0:1500415314455276%31bd1c9631bd1c96" } };

const REFUSED: LoopbackAnswer = { status: 401, body: { error: { code: 401, status: "UNAUTHENTICATED" } } };

/** Google: tokens that are told apart by a number, and messages answered as the test says. */
async function open(send: Reaction | ((request: LoopbackRequest) => Reaction), token?: Reaction) {
  const clock = { now: START };
  let issued = 0;
  const api = await openLoopbackApi((request) => {
    if (request.path === "/token")
      return token ?? { body: { access_token: `token-${++issued}`, expires_in: 3599, token_type: "Bearer" } };
    return typeof send === "function" ? send(request) : send;
  });
  const channel = makeFcmChannel(
    {
      kind: "channel",
      name: "phones",
      channel: "push",
      adapter: "fcm",
      options: { endpoint: api.url, tokenEndpoint: `${api.url}/token` },
    },
    { secret: async () => JSON.stringify(ACCOUNT), now: () => clock.now, allowedHosts: api.allowedHosts },
  );
  const asked = (path: string) => api.requests.filter((request) => request.path.startsWith(path));
  return { api, channel, clock, asked };
}

describe("a notification over FCM", () => {
  test("goes to one device of the project, with a token of the service account", async () => {
    const { api, channel, asked } = await open(SENT);
    expect(await channel.send(PUSH, BY)).toEqual({
      kind: "sent",
      providerId: "projects/shop-1/messages/0:1500415314455276%31bd1c9631bd1c96",
    });
    const [request] = asked("/v1/");
    expect(request).toMatchObject({ method: "POST", path: "/v1/projects/shop-1/messages:send" });
    expect(request?.headers.authorization).toBe("Bearer token-1");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      message: {
        token: DEVICE,
        notification: { title: "Hi", body: "Ann" },
        data: { touchId: "touch-1", journey: "welcome", url: "myshop://cart" },
      },
    });
    const form = new URLSearchParams(asked("/token")[0]?.body);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    expect(claimsOf(form.get("assertion") ?? "")).toEqual({
      iss: ACCOUNT.client_email,
      scope: "https://www.googleapis.com/auth/firebase.messaging",
      aud: `${api.url}/token`,
      iat: START / 1000,
      exp: START / 1000 + 3600,
    });
  });

  test("shares one token among those that are sent at once, until shortly before its end", async () => {
    const { channel, clock, asked } = await open(SENT);
    await Promise.all(Array.from({ length: 20 }, () => channel.send(PUSH, BY)));
    expect(asked("/token")).toHaveLength(1);
    clock.now += 50 * 60_000;
    await channel.send(PUSH, BY);
    expect(asked("/token")).toHaveLength(1);
    clock.now += 6 * 60_000;
    await channel.send(PUSH, BY);
    expect(asked("/token")).toHaveLength(2);
    expect(asked("/v1/").at(-1)?.headers.authorization).toBe("Bearer token-2");
  });

  test("takes another token after one that was refused", async () => {
    const { channel } = await open((request) => (request.headers.authorization === "Bearer token-1" ? REFUSED : SENT));
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "retry", afterMs: 0, code: "unauthorised" });
    expect(await channel.send(PUSH, BY)).toMatchObject({ kind: "sent" });
  });

  test.each<[string, LoopbackAnswer, SendResult]>([
    ["a page of a proxy", { status: 502, body: "<html>" }, { kind: "unknown", code: "provider_error" }],
    ["what cannot be read", { body: "ok" }, { kind: "unknown", code: "answer_unreadable" }],
  ])("answers %s", async (_, answer, result) => {
    const { channel } = await open(answer);
    expect(await channel.send(PUSH, BY)).toEqual(result);
  });

  test("is unknown where the answer is lost", async () => {
    const { channel } = await open("drop");
    expect(await channel.send(PUSH, BY)).toEqual({ kind: "unknown", code: "connection_lost" });
  });

  test.each<[string, Reaction, string]>([
    ["refused", { status: 400, body: { error: "invalid_grant" } }, "unauthorised"],
    ["lost", "drop", "token_unavailable"],
    ["late", "hang", "token_unavailable"],
    ["failing", { status: 503, body: "" }, "token_unavailable"],
  ])("is sent later where a token is %s", async (_, token, code) => {
    const { channel, asked } = await open(SENT, token);
    expect(await channel.send(PUSH, { ...BY, timeoutMs: 300 })).toEqual({ kind: "retry", afterMs: 0, code });
    expect(asked("/v1/")).toEqual([]);
  });

  test("does not take the ids of other push services", async () => {
    const { channel } = await open(SENT);
    expect(channel.takes?.(DEVICE)).toBe(true);
    expect(channel.takes?.("18171adc0321eb6e4f6")).toBe(false);
  });
});

/** The claims of a JWT whose signature holds. */
function claimsOf(jwt: string): unknown {
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  expect(read(header)).toEqual({ alg: "RS256", typ: "JWT" });
  const key = createPublicKey(publicKey.export({ type: "spki", format: "pem" }));
  expect(verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  return read(claims);
}
