import { createPublicKey, createVerify } from "node:crypto";
import * as z from "zod";
import { ReceiptRefusedError } from "./receipt.ts";

/** SNS tries again for an hour; what is older is somebody's recording. */
const MAX_AGE_MS = 3_600_000;
const MAX_AHEAD_MS = 15 * 60_000;

/** What SNS posts to an HTTP endpoint. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const SnsMessage = z.object({
  Type: z.enum(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: z.string(),
  TopicArn: z.string(),
  Subject: z.string().optional(),
  Message: z.string(),
  Timestamp: z.iso.datetime({ offset: true }),
  SignatureVersion: z.enum(["1", "2"]),
  Signature: z.base64().max(4096),
  SigningCertURL: z.string().max(2048),
  Token: z.string().optional(),
  SubscribeURL: z.string().max(4096).optional(),
});
export type SnsMessage = z.infer<typeof SnsMessage>;

const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;
const ALGORITHMS = { "1": "RSA-SHA1", "2": "RSA-SHA256" } as const;

/** Reads a message of SNS that has not been verified yet. Throws ReceiptRefusedError. */
export function readSnsMessage(body: Uint8Array): SnsMessage {
  try {
    return SnsMessage.parse(JSON.parse(Buffer.from(body).toString("utf8")));
  } catch (cause) {
    throw new ReceiptRefusedError("sns_message_unreadable", { cause });
  }
}

/** Checks what can be told without the certificate: that the topic is one of ours (anybody has a topic, and SNS signs for
 *  everybody), that the message is new, and that the certificate is SNS's own. Throws ReceiptRefusedError. */
export function checkSnsOrigin(message: SnsMessage, topics: ReadonlySet<string>, now: number): void {
  if (!topics.has(message.TopicArn)) throw new ReceiptRefusedError("sns_topic_unknown");
  const age = now - Date.parse(message.Timestamp);
  if (age > MAX_AGE_MS || age < -MAX_AHEAD_MS) throw new ReceiptRefusedError("sns_message_stale");
  if (!isSnsUrl(message.SigningCertURL, message.TopicArn) || !new URL(message.SigningCertURL).pathname.endsWith(".pem"))
    throw new ReceiptRefusedError("sns_certificate_url");
}

/** Checks the signature by the certificate (PEM) that the message names: version 1 is SHA-1 with RSA, version 2 SHA-256
 *  with RSA, over names and values, a line each. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 *  Throws ReceiptRefusedError. */
export function checkSnsSignature(message: SnsMessage, certificate: string): void {
  const text = SIGNED[message.Type]
    .flatMap((name) => (message[name] === undefined ? [] : [`${name}\n${message[name]}\n`]))
    .join("");
  let isGenuine: boolean;
  try {
    isGenuine = createVerify(ALGORITHMS[message.SignatureVersion])
      .update(text, "utf8")
      .verify(createPublicKey(certificate), message.Signature, "base64");
  } catch (cause) {
    throw new ReceiptRefusedError("sns_certificate_unreadable", { cause });
  }
  if (!isGenuine) throw new ReceiptRefusedError("sns_signature");
}

/** The URL that confirms a subscription, if it is SNS's own. Throws ReceiptRefusedError. */
export function confirmationUrl({ SubscribeURL, TopicArn }: SnsMessage): string {
  const isOurs = SubscribeURL !== undefined && isSnsUrl(SubscribeURL, TopicArn);
  const url = isOurs ? new URL(SubscribeURL) : undefined;
  const query = url?.searchParams;
  if (url && query?.get("Action") === "ConfirmSubscription" && query.get("TopicArn") === TopicArn) return url.href;
  throw new ReceiptRefusedError("sns_subscribe_url");
}

/** HTTPS at SNS's host in the topic's own region: `sns.eu-west-1.amazonaws.com`, in China `…amazonaws.com.cn`. No port, no
 *  user, so that nothing else can pass for it. */
function isSnsUrl(text: string, topicArn: string): boolean {
  if (!URL.canParse(text)) return false;
  const [, partition = "", service, region = ""] = topicArn.split(":");
  if (service !== "sns" || !/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) return false;
  const { protocol, host, username, password } = new URL(text);
  const suffix = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return protocol === "https:" && host === `sns.${region}.${suffix}` && username === "" && password === "";
}
