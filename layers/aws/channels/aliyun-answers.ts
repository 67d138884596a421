import type { SendResult } from "#domain/ports/channel.ts";

/** Where a quota is spent or the account is not in order, asking again soon is no use. */
const QUOTA_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

const UNAUTHORISED: SendResult = { kind: "retry", afterMs: 0, code: "unauthorised" };
const UNKNOWN: SendResult = { kind: "unknown", code: "provider_error" };
const failed = (code: string): SendResult => ({ kind: "failed", code });
const later = (code: string): SendResult => ({ kind: "retry", afterMs: QUOTA_MS, code });
/** Its owner has unsubscribed or complained (黑名单管控, 用户已退订推广短信): texts that they wait for still go out. */
const OPTED_OUT: SendResult = { kind: "failed", code: "opted_out", suppress: "marketing" };

/** https://help.aliyun.com/document_detail/101346.html, and for the gateway before it
 *  https://error-center.aliyun.com/product/Dysmsapi. What is in neither is `unknown`. */
const ANSWERS: Readonly<Record<string, SendResult>> = {
  "isv.MOBILE_NUMBER_ILLEGAL": { kind: "failed", code: "address_invalid", suppress: true },
  "isv.BLACK_KEY_CONTROL_LIMIT": OPTED_OUT,
  "isv.CUSTOMER_REFUSED": OPTED_OUT,
  "isv.MOBILE_COUNT_OVER_LIMIT": failed("bad_request"),
  "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": failed("region_not_supported"),
  "isv.TEMPLATE_MISSING_PARAMETERS": failed("template_parameters"),
  "isv.TEMPLATE_PARAMS_ILLEGAL": failed("template_parameters"),
  "isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL": failed("template_parameters"),
  "isv.INVALID_JSON_PARAM": failed("template_parameters"),
  "isv.PARAM_LENGTH_LIMIT": failed("template_parameters"),
  "isv.PARAM_NOT_SUPPORT_URL": failed("template_parameters"),
  "isv.SMS_CONTENT_ILLEGAL": failed("content_refused"),
  "isv.UNSUPPORTED_CONTENT": failed("content_refused"),
  "isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE": failed("content_refused"),
  "isv.SMS_TEMPLATE_ILLEGAL": failed("template_unknown"),
  "isv.INVALID_PARAMETERS": failed("bad_request"),
  PARAMS_ILLEGAL: failed("bad_request"),
  "isv.EXTEND_CODE_ERROR": failed("bad_request"),
  "isv.ONE_CODE_MULTIPLE_SIGN": failed("bad_request"),
  "isv.CODE_EXCEED_LIMIT": failed("bad_request"),
  "isv.CODE_ERROR": failed("bad_request"),
  "isv.SMS_SIGNATURE_SCENE_ILLEGAL": failed("signature_not_for_template"),
  // A signature or template for trying out, which reaches registered numbers alone.
  "isv.SMS_TEST_SIGN_TEMPLATE_LIMIT": failed("signature_not_for_template"),
  "isv.SMS_TEST_NUMBER_LIMIT": failed("number_not_verified"),
  "isv.DAY_LIMIT_CONTROL": later("quota_spent"),
  "isv.MONTH_LIMIT_CONTROL": later("quota_spent"),
  "isv.AMOUNT_NOT_ENOUGH": later("account_unpaid"),
  "isv.OUT_OF_SERVICE": later("account_unpaid"),
  "isv.ACCOUNT_ABNORMAL": later("account_suspended"),
  "isv.ACCOUNT_NOT_EXISTS": later("account_suspended"),
  "isv.SECURITY_FROZEN_ACCOUNT": later("account_suspended"),
  "isv.PRODUCT_UNSUBSCRIBE": later("account_suspended"),
  "isv.PRODUCT_UN_SUBSCRIPT": later("account_suspended"),
  "isv.SMS_SIGNATURE_ILLEGAL": later("sender_not_verified"),
  "isv.SMS_SIGN_ILLEGAL": later("sender_not_verified"),
  "isv.SIGN_STATE_ILLEGAL": later("sender_not_verified"),
  SIGNATURE_BLACKLIST: later("sender_not_verified"),
  PORT_NOT_REGISTERED: later("sender_not_verified"),
  "isv.DENY_IP_RANGE": later("unauthorised"),
  "isp.RAM_PERMISSION_DENY": UNAUTHORISED,
  // "Please call again", which does not say that nothing was sent.
  "isp.SYSTEM_ERROR": UNKNOWN,
  "isp.GATEWAY_ERROR": UNKNOWN,
  ServiceUnavailable: UNKNOWN,
  SignatureDoesNotMatch: UNAUTHORISED,
  IncompleteSignature: UNAUTHORISED,
  SignatureNonceUsed: { kind: "unknown", code: "nonce_used" },
  "InvalidAccessKeyId.NotFound": UNAUTHORISED,
  "InvalidAccessKeyId.Inactive": UNAUTHORISED,
  "InvalidTimeStamp.Expired": UNAUTHORISED,
  InvalidVersion: later("configuration_unknown"),
  "InvalidAction.NotFound": later("configuration_unknown"),
  Forbidden: UNAUTHORISED,
  "Forbidden.RAM": UNAUTHORISED,
  NoPermission: UNAUTHORISED,
};

/** What a code of SendSms other than `OK` stands for. `text` is read for a limit's length alone; `to` is the number. */
export function resultOfAliyunCode(
  code: string,
  { text, status, to }: { readonly text: string; readonly status: number; readonly to: string },
): SendResult {
  if (code === "isv.BUSINESS_LIMIT_CONTROL") return limitOf(text);
  // Templates for China call every other country's number that.
  if (code === "isv.MOBILE_NUMBER_ILLEGAL" && !to.startsWith("+86")) return failed("address_invalid");
  if (code.startsWith("Throttling")) return { kind: "retry", afterMs: 0, code: "throttled" };
  const known = Object.hasOwn(ANSWERS, code) ? ANSWERS[code] : undefined;
  return known ?? { kind: "unknown", code: status >= 500 ? "provider_error" : "refused_unclear" };
}

/** One number gets no more than so many messages a minute, an hour and a day (触发分钟级流控, 小时级, 天级). */
function limitOf(text: string): SendResult {
  if (text.includes("天级")) return failed("number_limit_day");
  const afterMs = text.includes("小时级") ? QUOTA_MS : MINUTE_MS;
  return { kind: "retry", afterMs, code: "number_limit", healthy: true };
}
