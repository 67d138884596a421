import * as z from "zod";
import type { Receipt } from "./receipt.ts";

const Instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const Mail = z.object({
  messageId: z.string().min(1).max(512),
  timestamp: Instant,
  tags: z.record(z.string(), z.array(z.string())).default({}),
});

/** What SES publishes of a mail: by event publishing (`eventType`), or as a notification of an identity
 *  (`notificationType`). https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html */
const SesEvent = z
  .object({
    eventType: z.string().optional(),
    notificationType: z.string().optional(),
    mail: Mail,
    delivery: z.object({ timestamp: Instant }).optional(),
    bounce: z.object({ timestamp: Instant, bounceType: z.string(), bounceSubType: z.string().default("") }).optional(),
    complaint: z.object({ timestamp: Instant, complaintFeedbackType: z.string().nullish() }).optional(),
    reject: z.object({ reason: z.string() }).optional(),
  })
  .transform(({ eventType, notificationType, ...rest }) => ({ kind: eventType ?? notificationType ?? "", ...rest }));
type SesEvent = z.infer<typeof SesEvent>;

/** SES's own words, as we keep them. */
const WORD = /^[A-Za-z-]{1,40}$/;

/** Reads one event of SES. Undefined for what is nothing of ours to tell: sends, opens and clicks are recorded by us, a
 *  delay is followed by an end. Throws ZodError where it is no event of SES. Pure. */
export function readSesEvent(event: unknown): Receipt | undefined {
  const read = SesEvent.parse(event);
  const [touchId] = read.mail.tags.touchId ?? [];
  const touch = { provider: "ses", providerId: read.mail.messageId, ...(touchId !== undefined && { touchId }) };
  switch (read.kind) {
    case "Delivery":
      return { touch, name: "Delivered", at: read.delivery?.timestamp ?? read.mail.timestamp };
    case "Bounce":
      return readBounce(read, touch);
    case "Complaint":
      return readComplaint(read, touch);
    case "Reject":
      // SES found a virus and has sent nothing: the address is not to blame.
      return bounced(touch, read.mail.timestamp, { bounceType: "rejected" });
    default:
      return undefined;
  }
}

/** A permanent bounce says that the address is dead; any other may be over tomorrow. */
function readBounce({ bounce, mail }: SesEvent, touch: Receipt["touch"]): Receipt {
  const { bounceType = "Undetermined", bounceSubType = "", timestamp = mail.timestamp } = bounce ?? {};
  const isPermanent = bounceType === "Permanent";
  return {
    ...bounced(touch, timestamp, { bounceType: word(bounceType), bounceSubType: word(bounceSubType) }),
    ...(isPermanent && { suppress: "hard_bounce" }),
  };
}

function bounced(touch: Receipt["touch"], at: number, properties: Record<string, string>): Receipt {
  return { touch, name: "Bounced", at, occurrence: properties.bounceType ?? "", properties };
}

/** Some mailboxes report that a message was no spam after all. */
function readComplaint({ complaint, mail }: SesEvent, touch: Receipt["touch"]): Receipt | undefined {
  const kind = complaint?.complaintFeedbackType ?? "";
  if (kind === "not-spam") return undefined;
  const at = complaint?.timestamp ?? mail.timestamp;
  return { touch, name: "Complained", at, suppress: "complaint", properties: { complaintType: word(kind) } };
}

function word(text: string): string {
  return WORD.test(text) ? text.toLowerCase() : "";
}
