import { createHash, createSign } from "node:crypto";
import type { TestRequest } from "../../../support/collect-harness.ts";
import { TOPIC } from "../message-definitions.ts";
import { bizIdOf } from "../network/aliyun-api.ts";
import { awsIdOf } from "../network/aws-apis.ts";
import { msgIdOf } from "../network/wechat-api.ts";
import { RECEIPT_TOKEN, SIGNING_KEY } from "../secrets.ts";
import type { Told } from "./told.ts";

/** What a receipt is about, and when. */
export interface Message {
  readonly touchId: string;
  readonly address: string;
  /** What the provider's own id is made of. */
  readonly id: number;
  readonly at: number;
}

/** A receipt as its provider posts it now. A forged one lacks the proof. */
export function spellReceipt(
  adapter: string,
  told: Told,
  about: Message,
  { now, isForged }: { readonly now: number; readonly isForged: boolean },
): TestRequest {
  switch (adapter) {
    case "ses":
      return overSns("email/ses", sesEvent(told, about), now, isForged);
    case "aws":
      return overSns("sms/aws", awsEvent(told, about), now, isForged);
    case "aliyun":
      return ofAliyun([reportOf(told, about)], isForged);
    case "official-account":
      return ofWechat(told, about, now, isForged);
    default:
      throw new TypeError(`${adapter} tells nothing`);
  }
}

/** Somebody answers a text with a word that opts out. */
export function spellReply(
  adapter: string,
  { address, id, now }: { readonly address: string; readonly id: number; readonly now: number },
): TestRequest {
  if (adapter === "aliyun") {
    const up = { phone_number: address.slice(3), content: "R", send_time: chinaTime(now), sequence_id: id };
    return ofAliyun([up], false);
  }
  const inbound = { originationNumber: address, messageBody: "STOP", inboundMessageId: `in-${id}` };
  return overSns("sms/aws", inbound, now, false);
}

export function sesEvent({ word, kind }: Told, { touchId, id, at }: Message): object {
  const timestamp = new Date(at).toISOString();
  const mail = { messageId: awsIdOf(id), timestamp, tags: { touchId: [touchId] } };
  if (kind === "Delivered") return { eventType: "Delivery", mail, delivery: { timestamp } };
  if (kind === "Complained")
    return { eventType: "Complaint", mail, complaint: { timestamp, complaintFeedbackType: word } };
  return { eventType: "Bounce", mail, bounce: { timestamp, bounceType: word, bounceSubType: "General" } };
}

function awsEvent({ word }: Told, { touchId, id, at }: Message): object {
  return { eventType: word, eventTimestamp: at, messageId: awsIdOf(id), context: { touchId } };
}

function reportOf({ word, kind }: Told, { touchId, address, id, at }: Message): object {
  const success = kind === "Delivered";
  const phone_number = address.slice(3);
  return { phone_number, success, err_code: word, report_time: chinaTime(at), biz_id: bizIdOf(id), out_id: touchId };
}

function ofAliyun(entries: readonly object[], isForged: boolean): TestRequest {
  const path = `/v1/outcomes/sms/aliyun?token=${isForged ? "guessed-by-somebody" : RECEIPT_TOKEN}`;
  return { method: "POST", path, body: JSON.stringify(entries) };
}

function ofWechat({ word }: Told, { id, at }: Message, now: number, isForged: boolean): TestRequest {
  const [timestamp, nonce] = [String(Math.floor(now / 1000)), String(id)];
  const words = [isForged ? "guessed" : RECEIPT_TOKEN, timestamp, nonce].toSorted().join("");
  const query = new URLSearchParams({ timestamp, nonce, signature: createHash("sha1").update(words).digest("hex") });
  const fields = {
    CreateTime: Math.floor(at / 1000),
    Event: "TEMPLATESENDJOBFINISH",
    MsgID: msgIdOf(id),
    Status: word,
  };
  const xml = Object.entries(fields).map(([name, value]) => `<${name}>${value}</${name}>`);
  const path = `/v1/outcomes/wechat/official-account?${query.toString()}`;
  return { method: "POST", path, body: `<xml>${xml.join("")}</xml>` };
}

function overSns(route: string, told: object, now: number, isForged: boolean): TestRequest {
  const message = {
    Type: "Notification",
    MessageId: "m",
    TopicArn: TOPIC,
    Message: JSON.stringify(told),
    Timestamp: new Date(now).toISOString(),
  };
  const lines = (["Message", "MessageId", "Timestamp", "TopicArn", "Type"] as const).map(
    (name) => `${name}\n${isForged && name === "MessageId" ? "another" : message[name]}\n`,
  );
  const Signature = createSign("RSA-SHA256").update(lines.join("")).sign(SIGNING_KEY, "base64");
  const SigningCertURL = "https://sns.us-east-1.amazonaws.com/c.pem";
  return {
    method: "POST",
    path: `/v1/outcomes/${route}`,
    body: JSON.stringify({ ...message, SignatureVersion: "2", Signature, SigningCertURL }),
  };
}

/** `2026-11-22 20:00:00`. */
function chinaTime(at: number): string {
  return new Date(at + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}
