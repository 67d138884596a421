import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { makeAliyunSmsChannel } from "#aws/channels/aliyun-sms.ts";
import { canonicalQuery, signAcs3 } from "#aws/channels/sign-acs3.ts";
import { type LoopbackRequest, openLoopbackApi, type Reaction } from "../../support/loopback-api.ts";
import { BY, outgoing } from "../../support/outgoing.ts";

const SECRET = { accessKeyId: "testid", accessKeySecret: "testsecret" };
const NOW = Date.parse("2026-05-01T08:30:15.250Z");
const SMS = outgoing("+8613512345678", {
  channel: "sms",
  text: "【店】您好Ann,您的券*3已到账",
  templateCode: "SMS_153055065",
  data: { name: "Ann (1)*'!", count: "3" },
});

async function open(reaction: Reaction, options: Record<string, string> = {}) {
  const api = await openLoopbackApi(() => reaction);
  const channel = makeAliyunSmsChannel(
    {
      kind: "channel",
      name: "texts",
      channel: "sms",
      adapter: "aliyun",
      options: { signName: "阿里云", endpoint: api.url, ...options },
    },
    { secret: async () => JSON.stringify(SECRET), now: () => NOW, allowedHosts: api.allowedHosts },
  );
  return { api, channel };
}

describe("a text over Alibaba Cloud", () => {
  test("is signed as their own example is", () => {
    const headers = {
      host: "ecs.cn-shanghai.aliyuncs.com",
      "x-acs-action": "RunInstances",
      "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "x-acs-date": "2023-10-26T10:22:32Z",
      "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
      "x-acs-version": "2014-05-26",
    };
    const query = canonicalQuery({
      RegionId: "cn-shanghai",
      ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    });
    const key = { accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" };
    expect(signAcs3({ method: "POST", path: "/", query, headers, body: "" }, key)).toBe(
      "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
    );
  });

  test("asks for a template of the account with its values, the touch as OutId, and a signature that holds", async () => {
    const { api, channel } = await open({ body: { Code: "OK", Message: "OK", BizId: "900619746936498440^0" } });
    const sent = await channel.send(SMS, BY);
    // 【阿里云】 is theirs to add; the text and 拒收请回复R are one message of UCS-2.
    expect(sent).toEqual({ kind: "sent", providerId: "900619746936498440^0", segments: 1 });
    const [request] = api.requests;
    if (!request) throw new Error("not asked");
    expect(Object.fromEntries(request.query)).toEqual({
      PhoneNumbers: "8613512345678",
      SignName: "阿里云",
      TemplateCode: "SMS_153055065",
      TemplateParam: JSON.stringify({ name: "Ann (1)*'!", count: "3" }),
      OutId: "touch-1",
    });
    expect(request).toMatchObject({ method: "POST", path: "/", body: "" });
    expect(request.headers).toMatchObject({
      "x-acs-action": "SendSms",
      "x-acs-version": "2017-05-25",
      "x-acs-date": "2026-05-01T08:30:15Z",
    });
    expect(request.headers.authorization).toBe(authorizationOf(request));
  });

  test("is for a number outside of China with a template for China: refused, and the number is none the worse", async () => {
    const { channel } = await open({ status: 400, body: { Code: "isv.MOBILE_NUMBER_ILLEGAL", Message: "no" } });
    const abroad = await channel.send({ ...SMS, address: "+85251234567" }, BY);
    expect(abroad).toEqual({ kind: "failed", code: "address_invalid" });
    expect(await channel.send(SMS, BY)).toEqual({ kind: "failed", code: "address_invalid", suppress: true });
  });

  test("is unknown where the answer is lost, and not where nobody was reached", async () => {
    const lost = await open("drop");
    expect(await lost.channel.send(SMS, BY)).toEqual({ kind: "unknown", code: "connection_lost" });
    const silent = await open("hang");
    const hung = await silent.channel.send(SMS, { ...BY, timeoutMs: 100 });
    expect(hung).toEqual({ kind: "unknown", code: "timed_out" });
    const broken = await open({ status: 502, body: "<html>" });
    expect(await broken.channel.send(SMS, BY)).toEqual({ kind: "unknown", code: "provider_error" });
  });

  test("is refused before anything is sent: no template, no number", async () => {
    const { api, channel } = await open({ body: {} });
    const plain = outgoing("+8613512345678", { channel: "sms", text: "Hi" });
    expect(await channel.send(plain, BY)).toEqual({ kind: "failed", code: "template_code_missing" });
    expect(await channel.send({ ...SMS, address: "13512345678" }, BY)).toEqual({
      kind: "failed",
      code: "address_invalid",
    });
    expect(api.requests).toEqual([]);
  });

  test("goes to public addresses only", async () => {
    const channel = makeAliyunSmsChannel(
      {
        kind: "channel",
        name: "texts",
        channel: "sms",
        adapter: "aliyun",
        options: { signName: "x", endpoint: "https://169.254.169.254" },
      },
      { secret: async () => JSON.stringify(SECRET), now: () => NOW },
    );
    await expect(channel.send(SMS, BY)).rejects.toMatchObject({ code: "channel_settings" });
  });
});

/** Written from the description of the signature alone. */
function authorizationOf({ query, headers }: LoopbackRequest): string {
  const rfc3986 = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const character = String.fromCharCode(byte);
        return /[A-Za-z0-9_.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
      })
      .join("");
  const names = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-acs-"))].sort();
  const pairs = [...query].sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${rfc3986(k)}=${rfc3986(v)}`);
  const sha = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
  const canonical =
    `POST\n/\n${pairs.join("&")}\n` +
    `${names.map((name) => `${name}:${String(headers[name])}\n`).join("")}\n${names.join(";")}\n${sha("")}`;
  const signature = createHmac("sha256", SECRET.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha(canonical)}`)
    .digest("hex");
  return `ACS3-HMAC-SHA256 Credential=${SECRET.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
}
