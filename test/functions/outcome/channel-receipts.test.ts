import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hashAddress } from "#domain/links/link-token.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { makeOutcomeHarness } from "../../support/outcome-harness.ts";
import { NOON } from "../../support/people.ts";
import { type EncryptedAccount, postEncrypted } from "../../support/wechat-sender.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:texts";
const TOKEN = "a-token-for-receipts";
const PHONE = "+8613800138000";
const PHONE_HASH = hashAddress("sms", PHONE, LINK_KEY);
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

const definition = (name: string, channel: string, adapter: string, options: object) => ({
  kind: "channel",
  name,
  version: 1,
  definition: { kind: "channel", name, channel, adapter, options, secret: `strata/${name}` },
});

/** Ann's touch `t-1`, as if it had been sent by the channel and provider. `account` is what WeChat's secret holds. */
async function openHarness(channel: string, provider: string, providerId: string, account: object = {}) {
  const secret = JSON.stringify({ receiptToken: TOKEN });
  const harness = await makeOutcomeHarness({
    definitions: [
      definition("texts", "sms", "aliyun", { signName: "x" }),
      definition("others", "sms", "aws", { originationIdentity: "p", snsTopics: TOPIC }),
      definition("account", "wechat", "official-account", { appId: "wx1" }),
    ],
    secrets: {
      "strata/texts": secret,
      "strata/account": JSON.stringify({ receiptToken: TOKEN, ...account }),
    },
  });
  harness.state.certificate = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  const addressHash = channel === "sms" ? PHONE_HASH : hashAddress(channel, "oAnn", LINK_KEY);
  await harness.touches.save({ touch: { ...harness.touch, channel, addressHash }, revision: 2 });
  await harness.touches.linkProvider({ provider, providerId, touchId: "t-1", at: NOON });
  const post = (query: string, body: string, method = "POST") =>
    harness.send({ method, path: `/v1/outcomes/${channel}/${provider}?${query}`, body });
  const events = () => harness.stream.events.map(({ event }) => event);
  const suppressed = async (category: "marketing" | "transactional") =>
    harness.fold.suppressions.isSuppressed(channel, addressHash, category);
  return { ...harness, post, events, suppressed };
}

function report(fields: object = {}) {
  return JSON.stringify([
    {
      phone_number: "13800138000",
      send_time: "2026-05-01 12:00:00",
      report_time: "2026-05-01 12:00:05",
      success: true,
      err_code: "DELIVERED",
      err_msg: "用户接收成功",
      sms_size: "1",
      biz_id: "900^0",
      out_id: "t-1",
      ...fields,
    },
  ]);
}
const up = (content: string) =>
  JSON.stringify([
    {
      phone_number: "13800138000",
      content,
      send_time: "2026-05-01 12:00:00",
      dest_code: "1234",
      sequence_id: "1234567890",
    },
  ]);

describe("what Alibaba Cloud tells of texts", () => {
  test.each<[string, object, string, boolean, boolean]>([
    ["a delivery", {}, "Message Delivered", false, false],
    ["out of reach", { success: false, err_code: "MOBILE_NOT_ON_SERVICE" }, "Message Bounced", false, false],
    ["a refusal", { success: false, err_code: "USER_REJECT" }, "Message Bounced", true, false],
    ["an unsubscriber", { success: false, err_code: "isv.CUSTOMER_REFUSED" }, "Message Bounced", true, false],
    ["a complainer", { success: false, err_code: "isv.BLACK_KEY_CONTROL_LIMIT" }, "Message Bounced", true, false],
    ["a carrier's list", { success: false, err_code: "MOBILE_IN_BLACK" }, "Message Bounced", true, false],
    ["a number's state", { success: false, err_code: "INVALID_NUMBER" }, "Message Bounced", false, false],
    ["no number", { success: false, err_code: "isv.MOBILE_NUMBER_ILLEGAL" }, "Message Bounced", true, true],
    // What its template is not for is no dead number.
    [
      "another country's",
      { success: false, err_code: "isv.MOBILE_NUMBER_ILLEGAL", phone_number: "85251234567" },
      "Message Bounced",
      false,
      false,
    ],
    ["no code at all", { success: false, err_code: null, out_id: null }, "Message Bounced", false, false],
  ])("%s", async (_, fields, event, marketing, everything) => {
    const { post, events, suppressed } = await openHarness("sms", "aliyun", "900^0");
    const answer = await post(`token=${TOKEN}`, report(fields));
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([200, { code: 0, msg: "接收成功" }]);
    expect(events()).toEqual([event]);
    expect([await suppressed("marketing"), await suppressed("transactional")]).toEqual([marketing, everything]);
  });

  test.each([
    "MOBILE_SEND_LIMIT",
    "MOBILE_ACCOUNT_ABNORMAL",
    "MOBLLE_TERMINAL_ERROR",
    "CONTENT_KEYWORD",
    "CONTENT_ERROR",
    "SP_NOT_BY_INTER_SMS",
    "SP_UNKNOWN_ERROR",
    "NO_ROUTE",
    "IS_CLOSE",
    "PORT_NOT_REGISTERED",
    "isv.SMS_CONTENT_ILLEGAL",
    "SOMETHING_NEW",
  ])("%s is an end that says nothing of the number", async (err_code) => {
    const { post, stream, suppressed } = await openHarness("sms", "aliyun", "900^0");
    await post(`token=${TOKEN}`, report({ success: false, err_code }));
    const told = stream.events.map(({ event, properties }) => [event, properties?.bounceType]);
    expect(told).toEqual([["Message Bounced", err_code.toLowerCase()]]);
    expect(await suppressed("marketing")).toBe(false);
  });

  test("a carrier that has told nothing is no end", async () => {
    const { post, events } = await openHarness("sms", "aliyun", "900^0");
    const answer = await post(`token=${TOKEN}`, report({ success: false, err_code: "REQUEST_SUCCESS" }));
    expect([answer.statusCode, events()]).toEqual([200, []]);
  });

  test("several come at once, and again: each counts once", async () => {
    const { post, stream, touches, touch } = await openHarness("sms", "aliyun", "900^0");
    await touches.save({ touch: { ...touch, id: "t-2", channel: "sms" }, revision: 1 });
    const [one] = JSON.parse(report());
    const body = JSON.stringify([one, { ...one, out_id: "t-2", biz_id: "901^0" }]);
    for (let n = 0; n < 3; n++) expect((await post(`token=${TOKEN}`, body)).statusCode).toBe(200);
    expect(new Set(stream.events.map(({ messageId }) => messageId)).size).toBe(2);
  });

  test("late, of a message whose answer was lost: it was delivered after all", async () => {
    const { post, events, touches, touch, state } = await openHarness("sms", "aliyun", "900^0");
    await touches.save({ touch: { ...touch, id: "t-3", channel: "sms", state: "unknown" }, revision: 1 });
    state.now += 3 * 86_400_000;
    await post(`token=${TOKEN}`, report({ out_id: "t-3" }));
    expect(events()).toEqual(["Message Delivered"]);
  });

  test("a receipt without our id is found by theirs", async () => {
    const { post, events } = await openHarness("sms", "aliyun", "900^0");
    await post(`token=${TOKEN}`, report({ out_id: "" }));
    expect(events()).toEqual(["Message Delivered"]);
  });

  test.each(["R", "td", "Ｔ", "退订"])("the reply %s takes the consent, once", async (content) => {
    const { post, stream, settle, suppressed, fold, annId } = await openHarness("sms", "aliyun", "900^0");
    await post(`token=${TOKEN}`, up(content));
    await post(`token=${TOKEN}`, up(content));
    expect(await suppressed("marketing")).toBe(true);
    expect(await suppressed("transactional")).toBe(false);
    expect(new Set(stream.events.map(({ messageId }) => messageId)).size).toBe(1);
    expect(stream.events[0]).toMatchObject({ event: "Unsubscribed", consent: { channel: "sms", granted: false } });
    await settle();
    const person = (await fold.profiles.load([annId])).get(annId);
    expect(person?.state.consent.get("marketing.sms")?.granted).toBe(false);
  });

  test("any other reply changes nothing", async () => {
    const { post, events, suppressed } = await openHarness("sms", "aliyun", "900^0");
    expect((await post(`token=${TOKEN}`, up("好的,谢谢"))).statusCode).toBe(200);
    expect(events()).toEqual([]);
    expect(await suppressed("marketing")).toBe(false);
  });

  test.each([
    ["no token", "", up("R")],
    ["another token", "token=a-token-for-nothing", up("R")],
    ["what is neither", `token=${TOKEN}`, "[{}]"],
    ["no JSON", `token=${TOKEN}`, "R"],
  ])("is refused with %s, and nothing changes", async (_, query, body) => {
    const { post, events, suppressed } = await openHarness("sms", "aliyun", "900^0");
    expect((await post(query, body)).statusCode).toBe(403);
    expect(events()).toEqual([]);
    expect(await suppressed("marketing")).toBe(false);
  });
});

describe("what AWS tells of texts", () => {
  const sms = (eventType: string, context: object = { touchId: "t-1" }) => ({
    eventType,
    eventVersion: "1.0",
    eventTimestamp: NOON - 100,
    isFinal: true,
    destinationPhoneNumber: PHONE,
    messageId: "m-1",
    context,
  });
  const reply = (messageBody: string) => ({
    originationNumber: PHONE,
    destinationNumber: "+12125550101",
    messageKeyword: "JOIN",
    messageBody,
    inboundMessageId: "in-1",
    previousPublishedMessageId: "m-1",
  });

  test.each<[string, string[], boolean]>([
    ["TEXT_DELIVERED", ["Message Delivered"], false],
    ["TEXT_SUCCESSFUL", ["Message Delivered"], false],
    ["TEXT_INVALID", ["Message Bounced"], true],
    ["TEXT_CARRIER_UNREACHABLE", ["Message Bounced"], false],
    ["TEXT_SPAM", ["Message Bounced"], false],
    ["TEXT_INVALID_MESSAGE", ["Message Bounced"], false],
    ["TEXT_UNREACHABLE", ["Message Bounced"], false],
    ["TEXT_BLOCKED", ["Message Bounced"], false],
    ["TEXT_CARRIER_BLOCKED", ["Message Bounced"], false],
    ["TEXT_PROTECT_BLOCKED", ["Message Bounced"], false],
    ["TEXT_TTL_EXPIRED", ["Message Bounced"], false],
    ["TEXT_UNKNOWN", ["Message Bounced"], false],
    ["TEXT_PENDING", [], false],
    ["TEXT_QUEUED", [], false],
    ["TEXT_SENT", [], false],
    ["MEDIA_DELIVERED", [], false],
  ])("%s", async (eventType, expected, dead) => {
    const { post, events, suppressed } = await openHarness("sms", "aws", "m-1");
    expect((await post("", notification(sms(eventType)))).statusCode).toBe(200);
    expect(events()).toEqual(expected);
    expect(await suppressed("transactional")).toBe(dead);
  });

  test("an event that comes twice counts once", async () => {
    const { post, stream } = await openHarness("sms", "aws", "m-1");
    for (let n = 0; n < 3; n++) await post("", notification(sms("TEXT_INVALID"), { MessageId: `n-${n}` }));
    expect(new Set(stream.events.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test("an event without our id is found by theirs", async () => {
    const { post, events } = await openHarness("sms", "aws", "m-1");
    await post("", notification(sms("TEXT_DELIVERED", {})));
    expect(events()).toEqual(["Message Delivered"]);
  });

  test("STOP opts out; a sentence does not", async () => {
    const { post, events, suppressed } = await openHarness("sms", "aws", "m-1");
    await post("", notification(reply("when do you stop selling?")));
    expect(await suppressed("marketing")).toBe(false);
    await post("", notification(reply("Stop.")));
    expect(await suppressed("marketing")).toBe(true);
    expect(events()).toEqual(["Unsubscribed"]);
  });

  test.each([
    ["another's topic", { TopicArn: "arn:aws:sns:eu-west-1:999999999999:texts" }],
    ["what SNS did not sign", { Signature: Buffer.from("no").toString("base64") }],
    ["what is old", { Timestamp: new Date(NOON - 7_200_000).toISOString() }],
  ])("is refused for %s", async (_, fields) => {
    const { post, events, suppressed } = await openHarness("sms", "aws", "m-1");
    expect((await post("", notification(reply("STOP"), fields))).statusCode).toBe(403);
    expect(events()).toEqual([]);
    expect(await suppressed("marketing")).toBe(false);
  });
});

describe("what WeChat tells of template messages", () => {
  const xml = (status: string, event = "TEMPLATESENDJOBFINISH") =>
    `<xml><ToUserName><![CDATA[gh_7f083739789a]]></ToUserName><FromUserName><![CDATA[oAnn]]></FromUserName>
<CreateTime>${Math.floor(NOON / 1000)}</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${event}]]></Event>
<MsgID>200163836</MsgID><Status><![CDATA[${status}]]></Status></xml>`;
  const signed = (token = TOKEN, at = NOON) => {
    const timestamp = String(Math.floor(at / 1000));
    const signature = createHash("sha1").update([token, timestamp, "486452656"].sort().join("")).digest("hex");
    return `signature=${signature}&timestamp=${timestamp}&nonce=486452656`;
  };

  test.each<[string, string, boolean]>([
    ["success", "Message Delivered", false],
    ["failed:user block", "Message Bounced", true],
    ["failed: system failed", "Message Bounced", false],
  ])("%s", async (status, event, marketing) => {
    const { post, events, suppressed } = await openHarness("wechat", "official-account", "200163836");
    const answer = await post(signed(), xml(status));
    expect([answer.statusCode, answer.body]).toEqual([200, "success"]);
    expect(events()).toEqual([event]);
    expect(await suppressed("marketing")).toBe(marketing);
    expect(await suppressed("transactional")).toBe(false);
  });

  test("whatever else people do is none of ours", async () => {
    const { post, events } = await openHarness("wechat", "official-account", "200163836");
    expect((await post(signed(), xml("success", "subscribe"))).body).toBe("success");
    expect(events()).toEqual([]);
  });

  test("the URL is confirmed with the word that WeChat sends", async () => {
    const { post } = await openHarness("wechat", "official-account", "200163836");
    const answer = await post(`${signed()}&echostr=5919805013187498631`, "", "GET");
    expect([answer.statusCode, answer.body]).toEqual([200, "5919805013187498631"]);
    expect((await post("echostr=5919805013187498631", "", "GET")).statusCode).toBe(403);
  });

  test.each([
    ["no signature", ""],
    ["another's signature", signed("another-token-of-16")],
    ["a signature of yesterday", signed(TOKEN, NOON - 86_400_000)],
  ])("is refused with %s", async (_, query) => {
    const { post, events, suppressed } = await openHarness("wechat", "official-account", "200163836");
    expect((await post(query, xml("failed:user block"))).statusCode).toBe(403);
    expect(events()).toEqual([]);
    expect(await suppressed("marketing")).toBe(false);
  });
});

describe("what WeChat tells of template messages, encrypted", () => {
  const ACCOUNT: EncryptedAccount = { token: TOKEN, encodingAesKey: "aB3".repeat(14).concat("c"), appId: "wx1" };
  const { encodingAesKey } = ACCOUNT;
  const told = (status: string) => `<xml><CreateTime>${NOON / 1000}</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>200163836</MsgID><Status><![CDATA[${status}]]></Status></xml>`;
  const BLOCKED = told("failed:user block");
  const open = (secret: object = { encodingAesKey }) => openHarness("wechat", "official-account", "200163836", secret);

  test.each<[string, string, boolean]>([
    ["success", "Message Delivered", false],
    ["failed:user block", "Message Bounced", true],
    ["failed: system failed", "Message Bounced", false],
  ])("%s", async (status, event, marketing) => {
    const { post, events, suppressed } = await open();
    const { query, body } = postEncrypted(told(status), ACCOUNT, { at: NOON });
    const answer = await post(query, body);
    expect([answer.statusCode, answer.body]).toEqual([200, "success"]);
    expect(events()).toEqual([event]);
    expect(await suppressed("marketing")).toBe(marketing);
  });

  test("once more is the same: WeChat asks again with the same words", async () => {
    const { post, stream } = await open();
    const { query, body } = postEncrypted(BLOCKED, ACCOUNT, { at: NOON });
    await post(query, body);
    await post(query, body);
    await post(...(Object.values(postEncrypted(BLOCKED, ACCOUNT, { at: NOON, nonce: "1" })) as [string, string]));
    expect(new Set(stream.events.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test("the URL is confirmed in plain text", async () => {
    const { post } = await open();
    const { query } = postEncrypted("", ACCOUNT, { at: NOON });
    const answer = await post(`${query}&echostr=5919805013187498631`, "", "GET");
    expect([answer.statusCode, answer.body]).toEqual([200, "5919805013187498631"]);
  });

  const genuine = postEncrypted(BLOCKED, ACCOUNT, { at: NOON });
  const another = postEncrypted(told("success"), ACCOUNT, { at: NOON });
  const plain = genuine.query.replace("encrypt_type=aes", "encrypt_type=raw");
  test.each<[string, { query: string; body: string }, object?]>([
    ["another body under the same signature", { query: another.query, body: genuine.body }],
    ["another account's event", postEncrypted(BLOCKED, { ...ACCOUNT, appId: "wx2" }, { at: NOON })],
    ["another key", postEncrypted(BLOCKED, { ...ACCOUNT, encodingAesKey: "b".repeat(43) }, { at: NOON })],
    ["another token", postEncrypted(BLOCKED, { ...ACCOUNT, token: "a-token-of-somebody" }, { at: NOON })],
    ["an event of yesterday", postEncrypted(BLOCKED, ACCOUNT, { at: NOON - 86_400_000 })],
    ["no ciphertext", { query: genuine.query, body: BLOCKED }],
    ["a plain body that the plain signature is good for", { query: plain, body: BLOCKED }],
    ["an account that has no key", genuine, {}],
    ["an account whose key is none", genuine, { encodingAesKey: "too-short" }],
  ])("is refused for %s", async (_, { query, body }, secret) => {
    const { post, events, suppressed, failures } = await open(secret);
    expect((await post(query, body)).statusCode).toBe(403);
    expect(events()).toEqual([]);
    expect(await suppressed("marketing")).toBe(false);
    expect(failures).toHaveLength(1);
  });
});

test("who is believed about texts says nothing about other channels", async () => {
  const { post, events, touches, touch, counted, fold } = await openHarness("sms", "aliyun", "900^0");
  await touches.save({ touch: { ...touch, id: "t-2" }, revision: 1 });
  await post(`token=${TOKEN}`, report({ success: false, err_code: "isv.MOBILE_NUMBER_ILLEGAL", out_id: "t-2" }));
  expect(events()).toEqual([]);
  expect(counted.get("ReceiptsOfNobody")).toBe(1);
  expect(await fold.suppressions.isSuppressed("email", touch.addressHash ?? "", "transactional")).toBe(false);
});

test("only WeChat asks by GET", async () => {
  const { send } = await openHarness("sms", "aliyun", "900^0");
  expect((await send({ method: "GET", path: "/v1/outcomes/sms/aliyun" })).statusCode).toBe(405);
});

/** What SNS posts, signed as SNS signs it. */
function notification(told: object, fields: Record<string, string> = {}): string {
  const message: Record<string, string> = {
    Type: "Notification",
    MessageId: "n-1",
    TopicArn: TOPIC,
    Message: JSON.stringify(told),
    Timestamp: new Date(NOON).toISOString(),
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc.pem",
    ...fields,
  };
  const text = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"]
    .map((name) => `${name}\n${String(message[name])}\n`)
    .join("");
  return JSON.stringify({
    Signature: createSign("RSA-SHA256").update(text).sign(keys.privateKey, "base64"),
    ...message,
  });
}
