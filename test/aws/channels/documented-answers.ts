import type { Reaction } from "../../support/loopback-api.ts";

/** What becomes of a touch, in words: its state, its reason; what is suppressed; after how many seconds it is tried again,
 *  and `healthy` where the answer says nothing against the provider. */
export type End =
  | "sent"
  | `failed ${string}`
  | `failed ${string}, dead`
  | `failed ${string}, no marketing`
  | `later ${string} ${number}s`
  | `later ${string} ${number}s, healthy`
  | `unknown ${string}`;

export type Documented = readonly [said: string, answer: Reaction, end: End];

/** Whatever a provider says of a refusal, it may quote whom it is about. */
export const ABOUT = "about +8613512345678";

const aliyun = (Code: string, end: End, Message = ABOUT, status = 400): Documented => [
  Message === ABOUT ? Code : `${Code} ${Message}`,
  { status, body: { Code, Message, RequestId: "r" } },
  end,
];

/** https://help.aliyun.com/document_detail/101346.html */
export const ALIYUN: readonly Documented[] = [
  aliyun("isv.MOBILE_NUMBER_ILLEGAL", "failed address_invalid, dead"),
  aliyun("isv.BLACK_KEY_CONTROL_LIMIT", "failed opted_out, no marketing"),
  aliyun("isv.CUSTOMER_REFUSED", "failed opted_out, no marketing"),
  aliyun("isv.MOBILE_COUNT_OVER_LIMIT", "failed bad_request"),
  aliyun("isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "failed region_not_supported"),
  aliyun("isv.TEMPLATE_MISSING_PARAMETERS", "failed template_parameters"),
  aliyun("isv.TEMPLATE_PARAMS_ILLEGAL", "failed template_parameters"),
  aliyun("isv.SMS_TEST_TEMPLATE_PARAMS_ILLEGAL", "failed template_parameters"),
  aliyun("isv.INVALID_JSON_PARAM", "failed template_parameters"),
  aliyun("isv.PARAM_LENGTH_LIMIT", "failed template_parameters"),
  aliyun("isv.PARAM_NOT_SUPPORT_URL", "failed template_parameters"),
  aliyun("isv.SMS_CONTENT_ILLEGAL", "failed content_refused"),
  aliyun("isv.UNSUPPORTED_CONTENT", "failed content_refused"),
  aliyun("isv.SMS_CONTENT_MISMATCH_TEMPLATE_TYPE", "failed content_refused"),
  aliyun("isv.SMS_TEMPLATE_ILLEGAL", "failed template_unknown"),
  aliyun("isv.INVALID_PARAMETERS", "failed bad_request"),
  aliyun("PARAMS_ILLEGAL", "failed bad_request"),
  aliyun("isv.EXTEND_CODE_ERROR", "failed bad_request"),
  aliyun("isv.ONE_CODE_MULTIPLE_SIGN", "failed bad_request"),
  aliyun("isv.CODE_EXCEED_LIMIT", "failed bad_request"),
  aliyun("isv.CODE_ERROR", "failed bad_request"),
  aliyun("isv.SMS_SIGNATURE_SCENE_ILLEGAL", "failed signature_not_for_template"),
  aliyun("isv.SMS_TEST_SIGN_TEMPLATE_LIMIT", "failed signature_not_for_template"),
  aliyun("isv.SMS_TEST_NUMBER_LIMIT", "failed number_not_verified"),
  aliyun("isv.BUSINESS_LIMIT_CONTROL", "later number_limit 60s, healthy", "触发分钟级流控Permits:1"),
  aliyun("isv.BUSINESS_LIMIT_CONTROL", "later number_limit 900s, healthy", "触发小时级流控Permits:5"),
  aliyun("isv.BUSINESS_LIMIT_CONTROL", "failed number_limit_day", "触发天级流控Permits:10"),
  aliyun("isv.DAY_LIMIT_CONTROL", "later quota_spent 900s"),
  aliyun("isv.MONTH_LIMIT_CONTROL", "later quota_spent 900s"),
  aliyun("isv.AMOUNT_NOT_ENOUGH", "later account_unpaid 900s"),
  aliyun("isv.OUT_OF_SERVICE", "later account_unpaid 900s"),
  aliyun("isv.ACCOUNT_ABNORMAL", "later account_suspended 900s"),
  aliyun("isv.ACCOUNT_NOT_EXISTS", "later account_suspended 900s"),
  aliyun("isv.SECURITY_FROZEN_ACCOUNT", "later account_suspended 900s"),
  aliyun("isv.PRODUCT_UNSUBSCRIBE", "later account_suspended 900s"),
  aliyun("isv.PRODUCT_UN_SUBSCRIPT", "later account_suspended 900s"),
  aliyun("isv.SMS_SIGNATURE_ILLEGAL", "later sender_not_verified 900s"),
  aliyun("isv.SMS_SIGN_ILLEGAL", "later sender_not_verified 900s"),
  aliyun("isv.SIGN_STATE_ILLEGAL", "later sender_not_verified 900s"),
  aliyun("SIGNATURE_BLACKLIST", "later sender_not_verified 900s"),
  aliyun("PORT_NOT_REGISTERED", "later sender_not_verified 900s"),
  aliyun("isv.DENY_IP_RANGE", "later unauthorised 900s"),
  aliyun("isp.RAM_PERMISSION_DENY", "later unauthorised 15s"),
  aliyun("SignatureDoesNotMatch", "later unauthorised 15s"),
  aliyun("IncompleteSignature", "later unauthorised 15s"),
  aliyun("InvalidAccessKeyId.NotFound", "later unauthorised 15s", ABOUT, 404),
  aliyun("InvalidAccessKeyId.Inactive", "later unauthorised 15s"),
  aliyun("InvalidTimeStamp.Expired", "later unauthorised 15s"),
  aliyun("Forbidden", "later unauthorised 15s", ABOUT, 403),
  aliyun("Forbidden.RAM", "later unauthorised 15s", ABOUT, 403),
  aliyun("NoPermission", "later unauthorised 15s", ABOUT, 403),
  aliyun("InvalidVersion", "later configuration_unknown 900s"),
  aliyun("InvalidAction.NotFound", "later configuration_unknown 900s", ABOUT, 404),
  aliyun("Throttling.User", "later throttled 15s"),
  aliyun("Throttling.Api", "later throttled 15s", ABOUT, 503),
  aliyun("isp.SYSTEM_ERROR", "unknown provider_error"),
  aliyun("isp.GATEWAY_ERROR", "unknown provider_error"),
  aliyun("ServiceUnavailable", "unknown provider_error", ABOUT, 503),
  aliyun("SignatureNonceUsed", "unknown nonce_used"),
  aliyun("isv.SOMETHING_NEW", "unknown refused_unclear"),
];

const jpush = (code: number, status: number, end: End, more: object = {}): Documented => [
  `${code} ${Object.keys(more).join("")}`,
  { status, body: { msg_id: 1, error: { code, message: ABOUT }, ...more } },
  end,
];

/** https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push ("调用返回") */
export const JPUSH: readonly Documented[] = [
  jpush(1000, 500, "unknown provider_error"),
  jpush(1001, 405, "failed bad_request"),
  jpush(1002, 400, "failed bad_request"),
  jpush(1003, 400, "failed bad_request"),
  jpush(1003, 400, "failed bad_request", { illegal_rids: ["another0000000000"] }),
  jpush(1003, 400, "failed token_dead, dead", { illegal_rids: ["18171adc0321eb6e4f6"] }),
  jpush(1004, 401, "later unauthorised 15s"),
  jpush(1005, 400, "failed message_too_long"),
  jpush(1008, 400, "later configuration_unknown 900s"),
  jpush(1009, 400, "failed bad_request"),
  jpush(1011, 400, "failed token_dead, dead"),
  jpush(1012, 400, "later throttled 60s"),
  jpush(1020, 404, "later configuration_unknown 900s"),
  jpush(1030, 503, "unknown provider_error"),
  jpush(2002, 429, "later throttled 60s"),
  jpush(2003, 403, "later unauthorised 900s"),
  jpush(2004, 403, "later unauthorised 900s"),
  jpush(2005, 403, "later recipient_limit 900s, healthy"),
  jpush(2006, 403, "later unauthorised 900s"),
  jpush(2007, 403, "later unauthorised 900s"),
  jpush(9999, 400, "failed bad_request"),
  jpush(9999, 403, "later unauthorised 15s"),
  jpush(9999, 429, "later throttled 60s"),
  jpush(9999, 502, "unknown provider_error"),
];

const wechat = (errcode: number, end: End): Documented => [String(errcode), { body: { errcode, errmsg: ABOUT } }, end];

/** https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html */
export const WECHAT: readonly Documented[] = [
  wechat(-1, "later provider_busy 15s"),
  wechat(40001, "later unauthorised 15s"),
  wechat(40014, "later unauthorised 15s"),
  wechat(42001, "later unauthorised 15s"),
  wechat(40003, "failed address_invalid, no marketing"),
  wechat(43004, "failed not_subscribed, no marketing"),
  wechat(50005, "failed not_subscribed, no marketing"),
  wechat(43101, "failed opted_out, no marketing"),
  wechat(48002, "failed opted_out, no marketing"),
  wechat(43019, "failed blocked_by_account"),
  wechat(40036, "failed template_unknown"),
  wechat(40037, "failed template_unknown"),
  wechat(43116, "failed template_restricted"),
  wechat(40249, "failed content_refused"),
  wechat(40250, "failed template_parameters"),
  wechat(47003, "failed template_parameters"),
  wechat(40039, "failed bad_request"),
  wechat(40066, "failed bad_request"),
  wechat(47001, "failed bad_request"),
  wechat(45002, "failed message_too_long"),
  wechat(40252, "later content_in_review 900s, healthy"),
  wechat(40251, "later quota_spent 900s"),
  wechat(45009, "later quota_spent 900s"),
  wechat(45011, "later throttled 60s"),
  wechat(40164, "later unauthorised 900s"),
  wechat(61004, "later unauthorised 900s"),
  wechat(48001, "later unauthorised 900s"),
  wechat(48008, "later unauthorised 900s"),
  wechat(48004, "later account_suspended 900s"),
  wechat(50002, "later account_suspended 900s"),
  wechat(61234, "failed wechat_61234"),
];

/** https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken: nothing is sent without a token. */
export const WECHAT_TOKEN: readonly Documented[] = [
  wechat(-1, "later token_unavailable 15s"),
  wechat(40001, "later unauthorised 15s"),
  wechat(40002, "later unauthorised 15s"),
  wechat(40013, "later unauthorised 15s"),
  wechat(40125, "later unauthorised 15s"),
  wechat(41002, "later unauthorised 15s"),
  wechat(41004, "later unauthorised 15s"),
  wechat(40164, "later unauthorised 900s"),
  wechat(40243, "later unauthorised 900s"),
  wechat(89501, "later unauthorised 900s"),
  wechat(89503, "later unauthorised 900s"),
  wechat(89506, "later unauthorised 900s"),
  wechat(89507, "later unauthorised 900s"),
  wechat(45009, "later quota_spent 900s"),
  wechat(45011, "later throttled 60s"),
  ["a page", { status: 502, body: "<html>" }, "later token_unavailable 15s"],
  ["no answer", "drop", "later token_unavailable 15s"],
];

const fcm = (said: string, status: number, end: End, details: object[], headers = {}): Documented => [
  said,
  { status, headers, body: { error: { code: status, message: ABOUT, status: said.split(" ")[0], details } } },
  end,
];
const fcmCode = (errorCode: string) => [{ "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError", errorCode }];
const badField = (field: string) => [
  { "@type": "type.googleapis.com/google.rpc.BadRequest", fieldViolations: [{ field, description: ABOUT }] },
];

/** https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
export const FCM: readonly Documented[] = [
  fcm("UNREGISTERED", 404, "failed token_dead, dead", fcmCode("UNREGISTERED")),
  fcm("INVALID_ARGUMENT token", 400, "failed token_dead, dead", badField("message.token")),
  fcm("INVALID_ARGUMENT data", 400, "failed bad_request", badField("message.data[0].value")),
  fcm("INVALID_ARGUMENT", 400, "failed bad_request", fcmCode("INVALID_ARGUMENT")),
  [
    "INVALID_ARGUMENT in words",
    {
      status: 400,
      body: {
        error: {
          code: 400,
          message: "The registration token is not a valid FCM registration token",
          status: "INVALID_ARGUMENT",
          details: fcmCode("INVALID_ARGUMENT"),
        },
      },
    },
    "failed token_dead, dead",
  ],
  fcm("SENDER_ID_MISMATCH", 403, "failed token_of_other_sender", fcmCode("SENDER_ID_MISMATCH")),
  fcm("QUOTA_EXCEEDED", 429, "later quota_spent 60s", fcmCode("QUOTA_EXCEEDED")),
  fcm("QUOTA_EXCEEDED", 429, "later quota_spent 90s", fcmCode("QUOTA_EXCEEDED"), { "Retry-After": "90" }),
  fcm("UNAVAILABLE", 503, "later throttled 15s", fcmCode("UNAVAILABLE")),
  fcm("UNAVAILABLE", 503, "later throttled 30s", fcmCode("UNAVAILABLE"), { "Retry-After": "30" }),
  fcm("INTERNAL", 500, "unknown provider_error", fcmCode("INTERNAL")),
  fcm("THIRD_PARTY_AUTH_ERROR", 401, "later apns_unauthorised 900s", fcmCode("THIRD_PARTY_AUTH_ERROR")),
  fcm("UNSPECIFIED_ERROR", 400, "failed bad_request", fcmCode("UNSPECIFIED_ERROR")),
  fcm("UNSPECIFIED_ERROR", 500, "unknown provider_error", fcmCode("UNSPECIFIED_ERROR")),
  fcm("UNAUTHENTICATED", 401, "later unauthorised 15s", []),
  fcm("PERMISSION_DENIED", 403, "later unauthorised 15s", []),
  fcm("NOT_FOUND", 404, "later configuration_unknown 900s", []),
];

/** An error in AWS JSON 1.0. */
const awsSms = (type: string, end: End, Reason?: string, status = 400): Documented => [
  Reason === undefined ? type : `${type} ${Reason}`,
  { status, body: { __type: `com.amazonaws.sms#${type}`, Message: ABOUT, ...(Reason && { Reason }) } },
  end,
];

/** https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html#API_SendTextMessage_Errors */
export const AWS_SMS: readonly Documented[] = [
  awsSms("ConflictException", "failed opted_out, no marketing", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
  awsSms("ConflictException", "failed number_not_verified", "DESTINATION_PHONE_NUMBER_NOT_VERIFIED"),
  awsSms("ConflictException", "failed number_blocked", "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE"),
  awsSms("ConflictException", "failed region_not_supported", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"),
  awsSms("ConflictException", "later sender_not_verified 900s", "NO_ORIGINATION_IDENTITIES_FOUND"),
  awsSms("ConflictException", "later sender_not_verified 900s", "RESOURCE_NOT_ACTIVE"),
  awsSms("ConflictException", "later channel_conflict 900s", "MESSAGE_TYPE_MISMATCH"),
  awsSms("ConflictException", "later channel_conflict 900s", "NUMBER_CAPABILITIES_MISMATCH"),
  awsSms("ValidationException", "failed region_not_supported", "DESTINATION_COUNTRY_BLOCKED"),
  awsSms("ValidationException", "failed region_not_supported", "COUNTRY_NOT_ENABLED"),
  awsSms("ValidationException", "failed region_not_supported", "INTERNATIONAL_SENDING_NOT_SUPPORTED"),
  awsSms("ValidationException", "failed region_not_supported", "INVALID_IDENTITY_FOR_DESTINATION_COUNTRY"),
  awsSms("ValidationException", "failed region_not_supported", "SENDER_ID_NOT_SUPPORTED"),
  awsSms("ValidationException", "failed price_over_max", "PRICE_OVER_THRESHOLD"),
  awsSms("ValidationException", "failed message_too_long", "MAXIMUM_SIZE_EXCEEDED"),
  awsSms("ValidationException", "later sender_not_verified 900s, healthy", "SENDER_ID_NOT_REGISTERED"),
  awsSms("ValidationException", "later sender_not_verified 900s, healthy", "SENDER_ID_REQUIRES_REGISTRATION"),
  awsSms("ValidationException", "later sender_not_verified 900s", "RESOURCE_NOT_ACCESSIBLE"),
  awsSms("ValidationException", "later sender_not_verified 900s", "CHANNEL_NOT_ENABLED"),
  awsSms("ValidationException", "failed bad_request", "INVALID_PARAMETER"),
  awsSms("ValidationException", "failed bad_request"),
  awsSms("AccessDeniedException", "later account_suspended 900s", "ACCOUNT_DISABLED"),
  awsSms("AccessDeniedException", "later account_suspended 900s", "INSUFFICIENT_ACCOUNT_REPUTATION"),
  awsSms("AccessDeniedException", "later unauthorised 15s"),
  awsSms("ServiceQuotaExceededException", "later quota_spent 900s", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", 402),
  awsSms("ResourceNotFoundException", "later sender_not_verified 900s", undefined, 404),
  awsSms("ThrottlingException", "later throttled 15s", undefined, 429),
  awsSms("InternalServerException", "unknown provider_error", undefined, 500),
  awsSms("UnrecognizedClientException", "later unauthorised 15s"),
  awsSms("InvalidSignatureException", "later unauthorised 15s"),
  awsSms("IncompleteSignature", "later unauthorised 15s"),
  awsSms("RequestExpired", "later unauthorised 15s"),
  awsSms("NotAuthorized", "later unauthorised 15s"),
  awsSms("ExpiredTokenException", "later unauthorised 15s", undefined, 403),
  awsSms("SomethingNew", "failed bad_request"),
  awsSms("SomethingNew", "later unauthorised 15s", undefined, 403),
  awsSms("SomethingNew", "unknown provider_error", undefined, 503),
];

const ses = (type: string, status: number, end: End): Documented => [
  type,
  { status, headers: { "x-amzn-ErrorType": type }, body: { message: ABOUT } },
  end,
];

/** https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html#API_SendEmail_Errors */
export const SES: readonly Documented[] = [
  ses("MessageRejected", 400, "failed message_rejected"),
  ses("BadRequestException", 400, "failed bad_request"),
  ses("TooManyRequestsException", 429, "later throttled 15s"),
  ses("LimitExceededException", 400, "later quota_spent 900s"),
  ses("SendingPausedException", 400, "later sending_paused 900s"),
  ses("AccountSuspendedException", 400, "later account_suspended 900s"),
  ses("MailFromDomainNotVerifiedException", 400, "later sender_not_verified 900s"),
  ses("NotFoundException", 404, "later configuration_unknown 900s"),
  ses("AccessDeniedException", 403, "later unauthorised 15s"),
  ses("SignatureDoesNotMatch", 403, "later unauthorised 15s"),
  ses("RequestExpired", 400, "later unauthorised 15s"),
  ses("InternalServiceErrorException", 500, "unknown provider_error"),
];

const webhook = (status: number, end: End, headers = {}): Documented => [
  String(status),
  { status, headers, body: ABOUT },
  end,
];

/** https://github.com/standard-webhooks/standard-webhooks, 1.0.0 */
export const WEBHOOK: readonly Documented[] = [
  webhook(200, "sent"),
  webhook(302, "failed http_302", { Location: "http://169.254.169.254/" }),
  webhook(400, "failed http_400"),
  webhook(410, "failed http_410"),
  webhook(429, "later http_429 77s", { "Retry-After": "77" }),
  webhook(503, "later http_503 15s"),
  webhook(500, "unknown http_500"),
  webhook(502, "unknown http_502"),
];
