import * as z from "zod";
import type { Receipt, Reply } from "./receipt.ts";

/** `2017-01-01 00:00:00`, in China. */
const Instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  .transform((text) => Date.parse(`${text.replace(" ", "T")}+08:00`));

/** https://help.aliyun.com/document_detail/101867.htm (SmsReport) */
const Report = z.object({
  phone_number: z.string().max(32).nullish(),
  success: z.boolean(),
  err_code: z.string().nullish(),
  report_time: Instant,
  biz_id: z.string().min(1).max(128),
  out_id: z.string().max(128).nullish(),
});

/** https://help.aliyun.com/zh/sms/developer-reference/smsup-http (SmsUp) */
const Up = z.object({
  phone_number: z.string().min(1).max(32),
  content: z.string(),
  send_time: z.string().max(32),
  sequence_id: z.union([z.string().max(64), z.number()]),
});

/** Receipts by which a number takes nothing any more, or no marketing. That it is switched off or out of reach says the
 *  same code as that nobody has it (MOBILE_NOT_ON_SERVICE, INVALID_NUMBER), so those say nothing.
 *  https://help.aliyun.com/document_detail/101347.htm */
const SUPPRESS: Readonly<Record<string, NonNullable<Receipt["suppress"]>>> = {
  "isv.MOBILE_NUMBER_ILLEGAL": "hard_bounce",
  "isv.BLACK_KEY_CONTROL_LIMIT": "unsubscribed",
  "isv.CUSTOMER_REFUSED": "unsubscribed",
  USER_REJECT: "unsubscribed",
  MOBILE_IN_BLACK: "unsubscribed",
};
/** The carrier has not told what became of it. */
const UNTOLD = "REQUEST_SUCCESS";
/** Templates for China call every other country's number illegal. */
const IN_CHINA = /^(\+|00)?(86)?1[3-9]\d{9}$/;
const WORD = /^[\w.:]{1,60}$/;

/** Reads what Alibaba Cloud posts: receipts or replies, several at once. Throws ZodError where it is neither. Pure. */
export function readAliyunSms(told: unknown): { readonly receipts: Receipt[]; readonly replies: Reply[] } {
  const receipts: Receipt[] = [];
  const replies: Reply[] = [];
  for (const entry of z
    .array(z.union([Up, Report]))
    .max(1_000)
    .parse(told)) {
    if ("content" in entry) {
      const { phone_number: phone, content: text, sequence_id, send_time } = entry;
      replies.push({ id: `${sequence_id}:${send_time}`, phone, text });
    } else if (entry.success || entry.err_code !== UNTOLD) receipts.push(receiptOf(entry));
  }
  return { receipts, replies };
}

function receiptOf(report: z.infer<typeof Report>): Receipt {
  const { success, report_time: at, biz_id, out_id } = report;
  const code = report.err_code ?? "";
  const touch = { provider: "aliyun", providerId: biz_id, ...(out_id ? { touchId: out_id } : {}) };
  if (success) return { touch, name: "Delivered", at };
  const bounceType = WORD.test(code) ? code.toLowerCase() : "";
  const told = Object.hasOwn(SUPPRESS, code) ? SUPPRESS[code] : undefined;
  const suppress = told === "hard_bounce" && !IN_CHINA.test(report.phone_number ?? "") ? undefined : told;
  const why = { occurrence: bounceType, properties: { bounceType } };
  return { touch, name: "Bounced", at, ...why, ...(suppress && { suppress }) };
}
