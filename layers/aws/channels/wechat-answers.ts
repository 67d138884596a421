import type { SendResult } from "#domain/ports/channel.ts";

const QUOTA_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

const UNAUTHORISED: SendResult = { kind: "retry", afterMs: 0, code: "unauthorised" };
const failed = (code: string): SendResult => ({ kind: "failed", code });
const later = (code: string, afterMs = QUOTA_MS): SendResult => ({ kind: "retry", afterMs, code });
/** They have left, or want nothing, and may come back: what they get then is for their consent to say. */
const gone = (code: string): SendResult => ({ kind: "failed", code, suppress: "marketing" });

/** The token is no longer one: it was replaced by another, or has ended. */
export const TOKEN_ENDED: ReadonlySet<number> = new Set([40001, 40014, 42001]);

/** https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html (every interface) and
 *  https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage (this one). */
const ANSWERS: Readonly<Record<number, SendResult>> = {
  [-1]: later("provider_busy", 0),
  40001: UNAUTHORISED,
  40014: UNAUTHORISED,
  42001: UNAUTHORISED,
  // "Make sure that the user follows the account, or whether it is another account's": no address that is dead for good.
  40003: gone("address_invalid"),
  43004: gone("not_subscribed"),
  50005: gone("not_subscribed"),
  43101: gone("opted_out"),
  48002: gone("opted_out"),
  // The account itself has blocked them.
  43019: failed("blocked_by_account"),
  40036: failed("template_unknown"),
  40037: failed("template_unknown"),
  43116: failed("template_restricted"),
  40249: failed("content_refused"),
  40250: failed("template_parameters"),
  47003: failed("template_parameters"),
  40039: failed("bad_request"),
  40066: failed("bad_request"),
  47001: failed("bad_request"),
  45002: failed("message_too_long"),
  // A template's content is being reviewed; others are sent.
  40252: { kind: "retry", afterMs: QUOTA_MS, code: "content_in_review", healthy: true },
  40251: later("quota_spent"),
  45009: later("quota_spent"),
  45011: later("throttled", MINUTE_MS),
  40164: later("unauthorised"),
  61004: later("unauthorised"),
  48001: later("unauthorised"),
  48008: later("unauthorised"),
  48004: later("account_suspended"),
  50002: later("account_suspended"),
};

/** What an `errcode` of a template message stands for. One that is not documented is a refusal, too. */
export function resultOfWechatCode(errcode: number): SendResult {
  return ANSWERS[errcode] ?? failed(`wechat_${errcode}`);
}
