import { createSign, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SnsMessage } from "#domain/outcomes/sns-message.ts";
import { takeSesEvent } from "#functions/outcome/receipts/take-ses-event.ts";
import type { Gateway } from "../../support/collect-harness.ts";
import { ADDRESS, makeOutcomeHarness } from "../../support/outcome-harness.ts";
import { NOON } from "../../support/people.ts";

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:mail";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const CERTIFICATE = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

const channel = {
  kind: "channel",
  name: "mail",
  version: 1,
  definition: {
    kind: "channel",
    name: "mail",
    channel: "email",
    adapter: "ses",
    options: { from: "shop@example.com", snsTopics: `arn:aws:sns:eu-west-1:123456789012:other, ${TOPIC}` },
  },
};

async function openHarness() {
  const harness = await makeOutcomeHarness({ definitions: [channel] });
  harness.state.certificate = CERTIFICATE;
  const post = (message: object, gateway: Gateway = "http") =>
    harness.send(
      {
        path: "/v1/outcomes/email/ses",
        headers: { "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": "Notification" },
        body: JSON.stringify(message),
      },
      gateway,
    );
  return { ...harness, post };
}

/** What SNS posts, signed as SNS signs it. */
function sns(fields: Partial<SnsMessage>, key = keys.privateKey): Record<string, unknown> {
  const message: Record<string, string | undefined> = {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: TOPIC,
    Message: "{}",
    Timestamp: new Date(NOON).toISOString(),
    SignatureVersion: "2",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc.pem",
    ...fields,
  };
  const names =
    message.Type === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const text = names.map((name) => (message[name] === undefined ? "" : `${name}\n${message[name]}\n`)).join("");
  const algorithm = message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256";
  return { Signature: createSign(algorithm).update(text).sign(key, "base64"), ...message };
}

function mail(eventType: string, detail: object = {}, tags: object = {}) {
  return {
    eventType,
    mail: { timestamp: new Date(NOON - 300).toISOString(), messageId: "ses-1", destination: [ADDRESS], tags },
    ...detail,
  };
}
const when = new Date(NOON - 100).toISOString();
const bounce = (bounceType: string) =>
  mail("Bounce", { bounce: { bounceType, bounceSubType: "General", timestamp: when } });
const complaint = mail("Complaint", { complaint: { timestamp: when, complaintFeedbackType: "abuse" } });

const events: [string, object, string | undefined, boolean][] = [
  ["a delivery", mail("Delivery", { delivery: { timestamp: when } }), "Message Delivered", false],
  ["a permanent bounce", bounce("Permanent"), "Message Bounced", true],
  ["a bounce that may be over tomorrow", bounce("Transient"), "Message Bounced", false],
  ["a bounce of which nobody knows why", bounce("Undetermined"), "Message Bounced", false],
  ["a complaint", complaint, "Message Complained", true],
  [
    "a report that it was no spam",
    mail("Complaint", { complaint: { timestamp: when, complaintFeedbackType: "not-spam" } }),
    undefined,
    false,
  ],
  ["a virus", mail("Reject", { reject: { reason: "Bad content" } }), "Message Bounced", false],
  ["a delay", mail("DeliveryDelay", { deliveryDelay: { delayType: "MailboxFull" } }), undefined, false],
  ["a send", mail("Send", { send: {} }), undefined, false],
];

describe.each(events)("%s", (_, event, name, suppresses) => {
  const check = async (harness: Awaited<ReturnType<typeof openHarness>>) => {
    expect(harness.stream.events.map(({ event: told }) => told)).toEqual(name === undefined ? [] : [name]);
    expect(await harness.isSuppressed()).toBe(suppresses);
    const ids = harness.stream.events.map(({ messageId }) => messageId);
    expect(JSON.stringify(harness.stream.events)).not.toContain(`"${ADDRESS}"`);
    await harness.settle();
    return ids;
  };

  test("of EventBridge, twice", async () => {
    const harness = await openHarness();
    await takeSesEvent(harness.ports, { detail: event });
    const ids = await check(harness);
    await takeSesEvent(harness.ports, { detail: event });
    expect(harness.stream.events.map(({ messageId }) => messageId)).toEqual(ids);
  });

  test.each<["1" | "2", Gateway]>([
    ["1", "http"],
    ["2", "rest"],
  ])("of SNS with a signature of version %s, behind a %s gateway", async (SignatureVersion, gateway) => {
    const harness = await openHarness();
    const answer = await harness.post(sns({ SignatureVersion, Message: JSON.stringify(event) }), gateway);
    expect(answer.statusCode).toBe(200);
    await check(harness);
  });
});

test("an outcome is no activity, names its touch, and is in nobody's future", async () => {
  const harness = await openHarness();
  const late = mail("Delivery", { delivery: { timestamp: new Date(NOON + 60_000).toISOString() } });
  await takeSesEvent(harness.ports, { detail: late });
  expect(harness.stream.events).toMatchObject([
    { activity: false, at: NOON, properties: { touchId: "t-1", channel: "email", journey: "cart-rescue" } },
  ]);
});

test("a bounce that overtakes the row of the provider's id finds its touch by the tag", async () => {
  const harness = await openHarness();
  const event = {
    ...bounce("Permanent"),
    mail: { ...bounce("Permanent").mail, messageId: "new", tags: { touchId: ["t-1"] } },
  };
  await takeSesEvent(harness.ports, { detail: event });
  expect(await harness.isSuppressed()).toBe(true);
});

test("what is told of a mail of others changes nothing", async () => {
  const harness = await openHarness();
  const event = { ...complaint, mail: { ...complaint.mail, messageId: "of-another-application" } };
  await takeSesEvent(harness.ports, { detail: event });
  expect([harness.stream.events, harness.counted.get("ReceiptsOfNobody")]).toEqual([[], 1]);
});

test("where the stream does not answer SES tells again, and the address is already stopped", async () => {
  const harness = await openHarness();
  harness.state.failStream = true;
  await expect(takeSesEvent(harness.ports, { detail: complaint })).rejects.toThrow("no stream");
  expect(await harness.isSuppressed()).toBe(true);
});

describe("what SNS did not send, or not for us", () => {
  const Message = JSON.stringify(complaint);
  const cases: [string, object][] = [
    ["another's signature", sns({ Message }, stranger)],
    ["another message under the signature", { ...sns({}), Message }],
    ["another time under the signature", { ...sns({ Message }), Timestamp: new Date(NOON + 1).toISOString() }],
    ["a signature of the other version", { ...sns({ Message, SignatureVersion: "1" }), SignatureVersion: "2" }],
    ["no signature", { ...sns({ Message }), Signature: "" }],
    ["a topic of somebody else, truly signed", sns({ Message, TopicArn: "arn:aws:sns:eu-west-1:999999999999:mail" })],
    ["a recording of two hours ago", sns({ Message, Timestamp: new Date(NOON - 7_200_000).toISOString() })],
    ["a message of tomorrow", sns({ Message, Timestamp: new Date(NOON + 86_400_000).toISOString() })],
    ["text", "hello" as unknown as object],
    ["an event that is none", sns({ Message: '{"eventType":"Bounce"}' })],
    ...[
      "http://sns.eu-west-1.amazonaws.com/a.pem",
      "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
      "https://sns.us-east-1.amazonaws.com/a.pem",
      "https://evil.example/sns.eu-west-1.amazonaws.com/a.pem",
      "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
      "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
      "https://s3.eu-west-1.amazonaws.com/bucket/a.pem",
      "https://sns.eu-west-1.amazonaws.com/a.txt",
      "https://169.254.169.254/a.pem",
      "file:///etc/passwd.pem",
      "",
    ].map((SigningCertURL): [string, object] => [
      `a certificate at ${SigningCertURL}`,
      sns({ Message, SigningCertURL }),
    ]),
  ];
  test.each(cases)("%s: 403, and nothing changes", async (_, message) => {
    const harness = await openHarness();
    const answer = await harness.post(message);
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([
      403,
      { success: false, code: "receipt_refused", message: "This is not proven to come from the provider." },
    ]);
    expect(harness.stream.events).toEqual([]);
    expect(await harness.isSuppressed()).toBe(false);
    expect(harness.counted.get("ReceiptsForged")).toBe(1);
  });

  test("a body of a megabyte: 413; nobody tells of other channels: 404", async () => {
    const harness = await openHarness();
    expect((await harness.post({ Message: "x".repeat(1_000_000) })).statusCode).toBe(413);
    for (const path of ["/v1/outcomes/sms/ses", "/v1/outcomes/email/__proto__", "/v1/outcomes/email/ses/x"]) {
      expect((await harness.send({ path, body: JSON.stringify(sns({ Message })) })).statusCode).toBe(404);
    }
  });
});

describe("a subscription", () => {
  const SubscribeURL = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`;
  const asked = { Type: "SubscriptionConfirmation", Token: "t", Message: "You have chosen…", SubscribeURL } as const;

  test("to a topic of ours is confirmed", async () => {
    const harness = await openHarness();
    expect((await harness.post(sns(asked))).statusCode).toBe(200);
    expect(harness.state.confirmed).toEqual([SubscribeURL]);
  });

  test.each<[string, Partial<SnsMessage>]>([
    ["another's topic", { TopicArn: "arn:aws:sns:eu-west-1:999999999999:mail" }],
    ["another host", { SubscribeURL: SubscribeURL.replace("sns.eu-west-1.amazonaws.com", "evil.example") }],
    ["another action", { SubscribeURL: SubscribeURL.replace("ConfirmSubscription", "DeleteTopic") }],
    ["another's topic in the URL", { SubscribeURL: SubscribeURL.replace("123456789012", "999999999999") }],
  ])("to %s is not", async (_, fields) => {
    const harness = await openHarness();
    expect((await harness.post(sns({ ...asked, ...fields }))).statusCode).toBe(403);
    expect(harness.state.confirmed).toEqual([]);
  });
});
