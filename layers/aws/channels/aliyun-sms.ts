import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import { addOptOutLine } from "#domain/sms/opt-out-line.ts";
import { segmentsTo } from "#domain/sms/segments-to.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { isPhoneNumber } from "./phone-number.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";
import { type Acs3Key, canonicalQuery, sha256, signAcs3 } from "./sign-acs3.ts";

const Options = z.strictObject({
  /** The approved signature (短信签名), without its brackets. */
  signName: z.string().min(1).max(100),
  endpoint: z.url({ protocol: /^https?$/ }).default("https://dysmsapi.aliyuncs.com"),
});

const Credentials = z.object({ accessKeyId: z.string().min(1), accessKeySecret: z.string().min(1) });

const Answer = z.object({ Code: z.string(), Message: z.string().default(""), BizId: z.string().optional() });

/** Where a quota is spent or the account is not in order, asking again soon is no use. */
const QUOTA_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

const UNAUTHORISED: SendResult = { kind: "retry", afterMs: 0, code: "unauthorised" };
const failed = (code: string): SendResult => ({ kind: "failed", code });
const later = (code: string): SendResult => ({ kind: "retry", afterMs: QUOTA_MS, code });

/** https://help.aliyun.com/document_detail/101346.html, and for the gateway before it
 *  https://error-center.aliyun.com/product/Dysmsapi. What is in neither is `unknown`. */
const ANSWERS: Readonly<Record<string, SendResult>> = {
  "isv.MOBILE_NUMBER_ILLEGAL": { kind: "failed", code: "address_invalid", suppress: true },
  "isv.MOBILE_COUNT_OVER_LIMIT": failed("bad_request"),
  "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": failed("region_not_supported"),
  "isv.TEMPLATE_MISSING_PARAMETERS": failed("template_parameters"),
  "isv.TEMPLATE_PARAMS_ILLEGAL": failed("template_parameters"),
  "isv.INVALID_JSON_PARAM": failed("template_parameters"),
  "isv.PARAM_LENGTH_LIMIT": failed("template_parameters"),
  "isv.PARAM_NOT_SUPPORT_URL": failed("template_parameters"),
  "isv.BLACK_KEY_CONTROL_LIMIT": failed("content_refused"),
  "isv.SMS_CONTENT_ILLEGAL": failed("content_refused"),
  "isv.SMS_TEMPLATE_ILLEGAL": failed("template_unknown"),
  "isv.INVALID_PARAMETERS": failed("bad_request"),
  "isv.EXTEND_CODE_ERROR": failed("bad_request"),
  "isv.SMS_SIGNATURE_SCENE_ILLEGAL": failed("signature_not_for_template"),
  "isv.DAY_LIMIT_CONTROL": later("quota_spent"),
  "isv.MONTH_LIMIT_CONTROL": later("quota_spent"),
  "isv.AMOUNT_NOT_ENOUGH": later("account_unpaid"),
  "isv.OUT_OF_SERVICE": later("account_unpaid"),
  "isv.ACCOUNT_ABNORMAL": later("account_suspended"),
  "isv.ACCOUNT_NOT_EXISTS": later("account_suspended"),
  "isv.PRODUCT_UNSUBSCRIBE": later("account_suspended"),
  "isv.PRODUCT_UN_SUBSCRIPT": later("account_suspended"),
  "isv.SMS_SIGNATURE_ILLEGAL": later("sender_not_verified"),
  "isv.SMS_SIGN_ILLEGAL": later("sender_not_verified"),
  "isv.SIGN_STATE_ILLEGAL": later("sender_not_verified"),
  "isv.DENY_IP_RANGE": later("unauthorised"),
  "isp.RAM_PERMISSION_DENY": UNAUTHORISED,
  "isv.SMS_TEST_NUMBER_LIMIT": failed("bad_request"),
  SignatureDoesNotMatch: UNAUTHORISED,
  IncompleteSignature: UNAUTHORISED,
  SignatureNonceUsed: { kind: "unknown", code: "nonce_used" },
  "InvalidAccessKeyId.NotFound": UNAUTHORISED,
  "InvalidAccessKeyId.Inactive": UNAUTHORISED,
  "InvalidTimeStamp.Expired": UNAUTHORISED,
  Forbidden: UNAUTHORISED,
  "Forbidden.RAM": UNAUTHORISED,
  NoPermission: UNAUTHORISED,
  ServiceUnavailable: { kind: "unknown", code: "provider_error" },
};

/** SMS over Alibaba Cloud, SendSms of Dysmsapi 2017-05-25, which sends an approved template and its variables.
 *  https://help.aliyun.com/en/sms/developer-reference/api-dysmsapi-2017-05-25-sendsms: it takes no idempotency key, so a
 *  lost answer is `unknown`. `OutId` brings the touch's id back with its receipts. */
export function makeAliyunSmsChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { signName, endpoint } = readOptions(definition, Options);
  const { name } = definition;
  return {
    name,
    adapter: "aliyun",
    idempotent: false,
    async send(message, { touchId, timeoutMs }) {
      const parameters = parametersOf(message, { signName, touchId });
      if ("refused" in parameters) return parameters.refused;
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const key = await readSecret(name, of.secret, Credentials);
      const url = new URL(`?${canonicalQuery(parameters.given)}`, endpoint);
      const headers = headersOf(url, key, of.now());
      const posted = await postApi(name, url, { headers, body: "", timeoutMs }, of);
      return resultOf(posted, message);
    },
  };
}

function parametersOf(
  { address, message }: OutgoingMessage,
  { signName, touchId }: { signName: string; touchId: string },
): { readonly given: Record<string, string> } | { readonly refused: SendResult } {
  if (message.channel !== "sms") return { refused: failed("message_not_sms") };
  if (message.templateCode === undefined) return { refused: failed("template_code_missing") };
  if (!isPhoneNumber(address)) return { refused: failed("address_invalid") };
  const given = {
    // Country code and number: 86 and eleven digits within China.
    PhoneNumbers: address.slice(1),
    SignName: signName,
    TemplateCode: message.templateCode,
    TemplateParam: JSON.stringify(message.data ?? {}),
    OutId: touchId,
  };
  return { given };
}

function headersOf(url: URL, key: Acs3Key, now: number): Record<string, string> {
  const headers = {
    host: url.host,
    "x-acs-action": "SendSms",
    "x-acs-version": "2017-05-25",
    "x-acs-date": new Date(now).toISOString().replace(/\.\d+/, ""),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-content-sha256": sha256(""),
  };
  const request = { method: "POST", path: url.pathname, query: url.search.slice(1), headers, body: "" };
  return { ...headers, Authorization: signAcs3(request, key) };
}

function resultOf(posted: PostOutcome, message: OutgoingMessage): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  const answer = Answer.safeParse(readAnswer(posted.body)).data;
  if (!answer) return { kind: "unknown", code: posted.status >= 500 ? "provider_error" : "answer_unreadable" };
  const { Code, Message, BizId } = answer;
  if (Code === "OK") {
    return BizId
      ? { kind: "sent", providerId: BizId, segments: segmentsOf(message) }
      : { kind: "unknown", code: "answer_unreadable" };
  }
  if (Code === "isv.BUSINESS_LIMIT_CONTROL") return limitOf(Message);
  if (Code.startsWith("Throttling")) return { kind: "retry", afterMs: 0, code: "throttled" };
  const known = Object.hasOwn(ANSWERS, Code) ? ANSWERS[Code] : undefined;
  return known ?? { kind: "unknown", code: posted.status >= 500 ? "provider_error" : "refused_unclear" };
}

/** One number gets no more than so many messages a minute, an hour and a day (触发分钟级流控, 小时级, 天级). */
function limitOf(text: string): SendResult {
  if (text.includes("天级")) return { kind: "failed", code: "number_limit_day" };
  const afterMs = text.includes("小时级") ? QUOTA_MS : MINUTE_MS;
  return { kind: "retry", afterMs, code: "number_limit", healthy: true };
}

/** What is charged: the approved template reads like the body of ours, and goes out with the signature before it. */
function segmentsOf({ message, address, category }: OutgoingMessage): number {
  return message.channel === "sms" ? segmentsTo(address, addOptOutLine(message.text, { to: address, category })) : 0;
}
