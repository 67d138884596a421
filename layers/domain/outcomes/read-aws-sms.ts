import * as z from "zod";
import type { Receipt, Reply } from "./receipt.ts";

/** https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html */
const SmsEvent = z.object({
  eventType: z.string(),
  eventTimestamp: z.number(),
  messageId: z.string().min(1).max(512),
  context: z.record(z.string(), z.string()).default({}),
});

/** https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html */
const Inbound = z.object({
  originationNumber: z.string().min(1).max(32),
  messageBody: z.string(),
  inboundMessageId: z.string().min(1).max(128),
});

/** Ends other than a delivery, and what they say of the number.
 *  https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-types.html */
const BOUNCES: Readonly<Record<string, { readonly dead: boolean }>> = {
  TEXT_INVALID: { dead: true },
  TEXT_INVALID_MESSAGE: { dead: false },
  TEXT_UNREACHABLE: { dead: false },
  TEXT_CARRIER_UNREACHABLE: { dead: false },
  TEXT_BLOCKED: { dead: false },
  TEXT_CARRIER_BLOCKED: { dead: false },
  TEXT_PROTECT_BLOCKED: { dead: false },
  TEXT_SPAM: { dead: false },
  TEXT_TTL_EXPIRED: { dead: false },
  TEXT_UNKNOWN: { dead: false },
};
/** Which of them a carrier tells depends on the country. */
const DELIVERED: ReadonlySet<string> = new Set(["TEXT_DELIVERED", "TEXT_SUCCESSFUL"]);

/** Reads what AWS End User Messaging publishes: an event of a message, or a reply. Empty for what is on its way. Throws
 *  ZodError where it is neither. Pure. */
export function readAwsSms(told: unknown): { readonly receipts?: Receipt[]; readonly replies?: Reply[] } {
  const inbound = Inbound.safeParse(told).data;
  if (inbound) {
    const { inboundMessageId: id, originationNumber: phone, messageBody: text } = inbound;
    return { replies: [{ id, phone, text }] };
  }
  const { eventType, eventTimestamp: at, messageId, context } = SmsEvent.parse(told);
  const { touchId } = context;
  const touch = { provider: "aws", providerId: messageId, ...(touchId !== undefined && { touchId }) };
  if (DELIVERED.has(eventType)) return { receipts: [{ touch, name: "Delivered", at }] };
  const bounce = Object.hasOwn(BOUNCES, eventType) ? BOUNCES[eventType] : undefined;
  if (!bounce) return {};
  const bounceType = eventType.slice("TEXT_".length).toLowerCase();
  const suppress = bounce.dead && ({ suppress: "hard_bounce" } as const);
  return {
    receipts: [{ touch, name: "Bounced", at, occurrence: bounceType, properties: { bounceType }, ...suppress }],
  };
}
