import * as z from "zod";
import type { SendResult } from "#domain/ports/channel.ts";

/** The registration ids that JPush finds illegal stand beside the code, or within the error. */
const Refused = z.object({
  error: z.object({ code: z.number(), illegal_rids: z.array(z.string()).optional().catch(undefined) }),
  illegal_rids: z.array(z.string()).optional().catch(undefined),
});

/** The limits count by the minute (https://docs.jiguang.cn/jpush/server/push/server_overview). */
const RATE_MS = 60_000;
const SETTINGS_MS = 15 * 60_000;
const THROTTLED: SendResult = { kind: "retry", afterMs: RATE_MS, code: "throttled" };
const UNAUTHORISED: SendResult = { kind: "retry", afterMs: 0, code: "unauthorised" };
const UNKNOWN: SendResult = { kind: "unknown", code: "provider_error" };
const TOKEN_DEAD: SendResult = { kind: "failed", code: "token_dead", suppress: true };
const failed = (code: string): SendResult => ({ kind: "failed", code });
const later = (code: string): SendResult => ({ kind: "retry", afterMs: SETTINGS_MS, code });

/** https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push ("调用返回"), whose text is kept at
 *  https://github.com/jpush/jpush-docs/blob/master/zh/jpush/server/push/rest_api_v3_push.md */
const ANSWERS: Readonly<Record<number, SendResult>> = {
  1000: UNKNOWN,
  1001: failed("bad_request"),
  1002: failed("bad_request"),
  1003: failed("bad_request"),
  1004: UNAUTHORISED,
  1005: failed("message_too_long"),
  1008: later("configuration_unknown"),
  1009: failed("bad_request"),
  // Nobody has this registration id, or it was not seen for long.
  1011: TOKEN_DEAD,
  1012: THROTTLED,
  // Plain HTTP: the endpoint is a wrong one.
  1020: later("configuration_unknown"),
  // A timeout within: it may have gone on.
  1030: UNKNOWN,
  2002: THROTTLED,
  2003: later("unauthorised"),
  2004: later("unauthorised"),
  // This recipient got more than is reasonable: it says nothing of the others.
  2005: { kind: "retry", afterMs: SETTINGS_MS, code: "recipient_limit", healthy: true },
  2006: later("unauthorised"),
  2007: later("unauthorised"),
};

/** What an answer other than 200 stands for, to a push for one registration id. */
export function resultOfJpushRefusal(
  answer: unknown,
  { status, to }: { readonly status: number; readonly to: string },
): SendResult {
  const refused = Refused.safeParse(answer).data;
  const illegal = [...(refused?.illegal_rids ?? []), ...(refused?.error.illegal_rids ?? [])];
  // 1003 is about any parameter: only what names the id says something about it.
  if (refused?.error.code === 1003 && illegal.includes(to)) return TOKEN_DEAD;
  return ANSWERS[refused?.error.code ?? 0] ?? resultOfStatus(status);
}

/** https://docs.jiguang.cn/jpush/server/push/http_status_code */
function resultOfStatus(status: number): SendResult {
  if (status === 429) return THROTTLED;
  if (status === 401 || status === 403) return UNAUTHORISED;
  return status >= 500 ? UNKNOWN : failed("bad_request");
}
