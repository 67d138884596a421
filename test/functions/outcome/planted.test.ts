import { createSign, generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import type { Context } from "aws-lambda";
import { expect, test } from "vitest";
import { makeTelemetry } from "#aws/telemetry.ts";
import { hashAddress } from "#domain/links/link-token.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import { makeOutcomeHandler } from "#functions/outcome/make-outcome-handler.ts";
import type { OutcomePorts } from "#functions/outcome/ports.ts";
import { takeSesEvent } from "#functions/outcome/receipts/take-ses-event.ts";
import { captureOutput } from "../../support/capture-output.ts";
import { asVersion2, type TestRequest } from "../../support/collect-harness.ts";
import { findPlanted } from "../../support/find-planted.ts";
import { LINK_KEY } from "../../support/follow-ports.ts";
import { makeOutcomeHarness } from "../../support/outcome-harness.ts";
import { NOON } from "../../support/people.ts";
import { recordCalls } from "../../support/record-calls.ts";
import { type EncryptedAccount, postEncrypted } from "../../support/wechat-sender.ts";

const PHONE = "+8613800138000";
const MAIL = "planted-ann@planted.example";
const OPENID = "oPlantedAnn0123456789abcdef";
const TEXT = "planted-reply-of-ann";
const TOKEN = "planted-receipt-token";
const FORGED = "planted-forged-token";
const ACCOUNT: EncryptedAccount = { token: TOKEN, encodingAesKey: "planted0key".repeat(4).slice(0, 43), appId: "wx1" };
const PLANTED = [PHONE, MAIL, OPENID, TEXT, TOKEN, FORGED, ACCOUNT.encodingAesKey];
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:texts";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });

const definition = (name: string, channel: string, adapter: string, options: object) => ({
  kind: "channel",
  name,
  version: 1,
  definition: { kind: "channel", name, channel, adapter, options, secret: `strata/${name}` },
});

const report = (fields: object = {}) => ({
  phone_number: PHONE.slice(3),
  send_time: "2026-05-01 12:00:00",
  report_time: "2026-05-01 12:00:05",
  success: false,
  err_code: "USER_REJECT",
  err_msg: `${PHONE} ${TEXT}`,
  sms_size: "1",
  biz_id: "900^0",
  out_id: "t-1",
  ...fields,
});
const reply = (content: string) => [
  { phone_number: PHONE.slice(3), content, send_time: "2026-05-01 12:00:00", dest_code: "1", sequence_id: "1" },
];
const xml = (status: string) => `<xml><FromUserName><![CDATA[${OPENID}]]></FromUserName><Content>${TEXT}</Content>
<CreateTime>${NOON / 1000}</CreateTime><Event>TEMPLATESENDJOBFINISH</Event><MsgID>200163836</MsgID><Status>${status}</Status></xml>`;

/** What SNS posts, signed as SNS signs it. */
function notification(told: unknown, fields: Record<string, string> = {}): string {
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
  const names = ["Message", "MessageId", "Timestamp", "TopicArn", "Type"];
  const text = names.map((name) => `${name}\n${String(message[name])}\n`).join("");
  return JSON.stringify({
    Signature: createSign("RSA-SHA256").update(text).sign(keys.privateKey, "base64"),
    ...message,
  });
}
const inbound = { originationNumber: PHONE, messageBody: "Stop.", inboundMessageId: "in-1" };
const textEvent = (eventType: string) => ({
  eventType,
  eventTimestamp: NOON,
  messageId: "m-1",
  destinationPhoneNumber: PHONE,
  messageStatusDescription: TEXT,
  context: { touchId: "t-1" },
});
const mailEvent = {
  eventType: "Bounce",
  mail: { messageId: "ses-1", timestamp: "2026-05-01T12:00:00Z", destination: [MAIL], tags: { touchId: ["t-1"] } },
  bounce: {
    timestamp: "2026-05-01T12:00:00Z",
    bounceType: "Permanent",
    bounceSubType: "General",
    bouncedRecipients: [{ emailAddress: MAIL, diagnosticCode: `550 ${MAIL} ${TEXT}` }],
  },
};

const post = (path: string, body: unknown, query = ""): TestRequest => ({
  method: "POST",
  path: `/v1/outcomes/${path}${query && `?${query}`}`,
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "x-quoted": encodeURIComponent(PHONE), [`x-${TOKEN}`]: OPENID },
});
const aliyun = (body: unknown, token = TOKEN) => post("sms/aliyun", body, `token=${token}`);
const wechat = (text: string, account = ACCOUNT, at = NOON) => {
  const { query, body } = postEncrypted(text, account, { at });
  return post("wechat/official-account", body, query);
};

const REQUESTS: readonly (readonly [said: string, channel: string, request: TestRequest, status: number])[] = [
  ["a text's end", "sms", aliyun([report()]), 200],
  ["a text's end with a code of theirs", "sms", aliyun([report({ err_code: `${PHONE} ${TEXT}` })]), 200],
  ["a text of nobody", "sms", aliyun([report({ out_id: `t-${TEXT}`, biz_id: PHONE })]), 200],
  ["a reply", "sms", aliyun(reply("R")), 200],
  ["a reply that says more", "sms", aliyun(reply(TEXT)), 200],
  ["a receipt with another token", "sms", aliyun([report()], FORGED), 403],
  ["a receipt that is none", "sms", aliyun([{ phone_number: PHONE, content: { TEXT } }]), 403],
  // What JSON.parse says of it quotes it.
  ["a receipt that is no JSON", "sms", aliyun(PHONE), 403],
  ["an event over SNS", "sms", post("sms/aws", notification(textEvent("TEXT_INVALID"))), 200],
  ["a reply over SNS", "sms", post("sms/aws", notification(inbound)), 200],
  ["an event that nobody reads", "sms", post("sms/aws", notification({ eventType: PHONE, messageId: TEXT })), 403],
  ["an event that SNS did not sign", "sms", post("sms/aws", notification(inbound, { Signature: "bm8=" })), 403],
  ["a bounce over SNS", "email", post("email/ses", notification(mailEvent)), 403],
  ["an event in safe mode", "wechat", wechat(xml("failed:user block")), 200],
  ["an event of another account", "wechat", wechat(xml("success"), { ...ACCOUNT, appId: FORGED }), 403],
  ["an event of another key", "wechat", wechat(xml("success"), { ...ACCOUNT, encodingAesKey: "b".repeat(43) }), 403],
  ["an event with another token", "wechat", wechat(xml("success"), { ...ACCOUNT, token: FORGED }), 403],
  ["an old event", "wechat", wechat(xml("success"), ACCOUNT, NOON - 86_400_000), 403],
  [
    "an event that is not encrypted",
    "wechat",
    post("wechat/official-account", xml("success"), `signature=${FORGED}`),
    403,
  ],
  ["a provider that nobody knows", "sms", post(`sms/${FORGED}`, [report()]), 404],
  ["a link of nobody", "email", { method: "GET", path: `/u/${FORGED}?email=${encodeURIComponent(MAIL)}` }, 404],
];

/** The real handler with the real telemetry; what it writes and where is looked through. */
async function openSeen(channel: string, changed: Partial<OutcomePorts> = {}) {
  const output = captureOutput();
  const secret = JSON.stringify({ receiptToken: TOKEN, encodingAesKey: ACCOUNT.encodingAesKey });
  const harness = await makeOutcomeHarness({
    definitions: [
      definition("texts", "sms", "aliyun", { signName: "x" }),
      definition("others", "sms", "aws", { originationIdentity: "p", snsTopics: TOPIC }),
      definition("account", "wechat", "official-account", { appId: "wx1" }),
    ],
    secrets: { "strata/texts": secret, "strata/account": secret },
  });
  harness.state.certificate = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
  const addressHash = hashAddress(channel, PHONE, LINK_KEY);
  await harness.touches.save({ touch: { ...harness.touch, channel, addressHash }, revision: 2 });
  await harness.touches.linkProvider({
    provider: "official-account",
    providerId: "200163836",
    touchId: "t-1",
    at: NOON,
  });
  const telemetry = makeTelemetry("outcome");
  const calls: string[] = [];
  const ports: OutcomePorts = {
    ...harness.ports,
    suppressions: recordCalls(harness.ports.suppressions, calls),
    events: recordCalls(harness.ports.events, calls),
    count: telemetry.count,
    logFailure: (message, error) => telemetry.log.warn(message, { error: error as Error }),
    ...changed,
  };
  const handler = makeOutcomeHandler(ports);
  const send = async (request: TestRequest) => {
    const answer = await handler(asVersion2(request), {} as Context);
    telemetry.flush();
    return { answer, seen: [output.text(), ...calls, inspect(answer, { depth: null })].join("\n") };
  };
  return { ports, send, output };
}

test.each(REQUESTS)("nothing planted is seen of %s", async (_, channel, request, status) => {
  const { send } = await openSeen(channel);
  const { answer, seen } = await send(request);
  expect(answer.statusCode).toBe(status);
  expect(findPlanted(seen, PLANTED)).toEqual([]);
  // What was looked through does hold why it was refused.
  if (status === 403) expect(seen).toContain("receipt_refused");
});

test.each(REQUESTS)("nothing planted is seen of %s where no store answers", async (_, channel, request) => {
  const fail = async () => {
    throw new StoreUnavailableError("store_unavailable", "touches", { cause: new Error("no answer") });
  };
  const { send } = await openSeen(channel, {
    touches: { find: fail, findByProvider: fail },
    suppressions: { find: fail, put: fail, lift: fail },
    events: { put: fail },
  });
  const { answer, seen } = await send(request);
  expect([200, 403, 404, 503]).toContain(answer.statusCode);
  expect(findPlanted(seen, PLANTED)).toEqual([]);
});

test("nothing planted is seen of what SES tells by EventBridge, or of what is none of it", async () => {
  const { ports, output } = await openSeen("email");
  await takeSesEvent(ports, { detail: mailEvent });
  const refused = takeSesEvent(ports, { detail: { ...mailEvent, mail: { messageId: [MAIL] }, bounce: TEXT } });
  const error = await refused.catch((thrown: unknown) => inspect(thrown, { depth: null, showHidden: true }));
  expect(error).toContain("ZodError");
  expect(findPlanted([output.text(), error].join("\n"), PLANTED)).toEqual([]);
});

test("a handler that quotes what it refused would be found out", async () => {
  const { send, output } = await openSeen("sms", {
    logFailure: (message) => console.warn(message, PHONE, Buffer.from(TOKEN).toString("base64")),
  });
  await send(aliyun([report()], FORGED));
  expect(findPlanted(output.text(), PLANTED)).toEqual([PHONE, PHONE.slice(3), TOKEN]);
});
