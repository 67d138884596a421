import { randomUUID } from "node:crypto";
import { accountId, region } from "../template/physical-ids.ts";
import type { SentMail } from "./sent-mail.ts";

/** SES's own addresses for trying out what happens to a mail (SES guide, "Using the mailbox simulator"), labels allowed. */
const simulated = /^(bounce|complaint)(\+[^@]*)?@simulator\.amazonses\.com$/i;

/** An event as EventBridge hands it to a rule's targets. */
export interface MailEvent {
  readonly source: "aws.ses";
  readonly "detail-type": string;
  readonly [name: string]: unknown;
}

/**
 * What SES would say of a mail, through a configuration set whose events go to EventBridge (SES guide, "Contents of event data
 * that Amazon SES publishes"): delivered to everyone, but for the simulator's address that bounces; the one that complains has
 * got it before.
 */
export function describeOutcomes(mail: SentMail, now: number): MailEvent[] {
  const addresses = mail.recipients.map(bareAddress);
  const kindOf = (address: string) => simulated.exec(address)?.[1]?.toLowerCase();
  const bounced = addresses.filter((address) => kindOf(address) === "bounce");
  const delivered = addresses.filter((address) => kindOf(address) !== "bounce");
  const complained = addresses.filter((address) => kindOf(address) === "complaint");
  const timestamp = new Date(now).toISOString();
  const event = (detailType: string, eventType: string, detail: object): MailEvent => ({
    version: "0",
    id: randomUUID(),
    "detail-type": detailType,
    source: "aws.ses",
    account: accountId,
    time: timestamp.replace(/\.\d+/, ""),
    region,
    resources: [`arn:aws:ses:${region}:${accountId}:configuration-set/local`],
    detail: { eventType, mail: describeMail(mail, addresses), ...detail },
  });
  return [
    ...delivered.map((address) =>
      event("Email Delivered", "Delivery", {
        delivery: { timestamp, processingTimeMillis: 0, recipients: [address], smtpResponse: "250 ok" },
      }),
    ),
    ...bounced.map((address) => event("Email Bounced", "Bounce", { bounce: describeBounce(address, timestamp) })),
    ...complained.map((address) =>
      event("Email Complaint Received", "Complaint", {
        complaint: {
          complainedRecipients: [{ emailAddress: address }],
          timestamp,
          feedbackId: randomUUID(),
          complaintFeedbackType: "abuse",
        },
      }),
    ),
  ];
}

function describeMail({ messageId, from, subject, headers, sentAt }: SentMail, addresses: readonly string[]) {
  return {
    timestamp: new Date(sentAt).toISOString(),
    messageId,
    source: from,
    sendingAccountId: accountId,
    destination: addresses,
    headersTruncated: false,
    headers,
    commonHeaders: { from: [from], to: addresses, subject },
    tags: { "ses:configuration-set": ["local"] },
  };
}

function describeBounce(address: string, timestamp: string) {
  return {
    bounceType: "Permanent",
    bounceSubType: "General",
    bouncedRecipients: [
      {
        emailAddress: address,
        action: "failed",
        status: "5.1.1",
        diagnosticCode: "smtp; 550 5.1.1 user unknown",
      },
    ],
    timestamp,
    feedbackId: randomUUID(),
  };
}

/** `Ada <ada@example.com>` → `ada@example.com`. */
function bareAddress(recipient: string): string {
  return /<([^<>]+)>\s*$/.exec(recipient)?.[1] ?? recipient.trim();
}
