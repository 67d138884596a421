import * as z from "zod";
import { type AccessToken, TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, postApi, readAnswer } from "./post-api.ts";

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const Refused = z.object({ errcode: z.number() });

const MINUTE_MS = 60_000;
const QUOTA_MS = 15 * MINUTE_MS;

/** https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken, and of the addresses that an account
 *  takes calls from https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html */
const REFUSALS: Readonly<Record<number, readonly [code: string, afterMs: number]>> = {
  40001: ["unauthorised", 0],
  40002: ["unauthorised", 0],
  40013: ["unauthorised", 0],
  40125: ["unauthorised", 0],
  // The secret is frozen.
  40243: ["unauthorised", QUOTA_MS],
  41002: ["unauthorised", 0],
  41004: ["unauthorised", 0],
  // The address is not listed, or the account's administrator has not agreed to it, or has refused it.
  40164: ["unauthorised", QUOTA_MS],
  89501: ["unauthorised", QUOTA_MS],
  89503: ["unauthorised", QUOTA_MS],
  89506: ["unauthorised", QUOTA_MS],
  89507: ["unauthorised", QUOTA_MS],
  45009: ["quota_spent", QUOTA_MS],
  45011: ["throttled", MINUTE_MS],
};

export interface WechatAccount {
  readonly appId: string;
  readonly appSecret: string;
}

/** Asks WeChat for the account's stable token: the same one as long as it holds, so that a fetch too many ends nobody's.
 *  Where it is the one that was just refused, another is forced (20 times a day at most). Throws TokenRefusedError. */
export async function fetchWechatToken(
  channel: string,
  { appId, appSecret }: WechatAccount,
  call: { readonly endpoint: string; readonly refused?: string | undefined; readonly leftMs: () => number },
  of: ApiSurroundings,
): Promise<AccessToken> {
  const ask = async (isForced: boolean): Promise<AccessToken> => {
    const body = { grant_type: "client_credential", appid: appId, secret: appSecret, force_refresh: isForced };
    const request = {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      timeoutMs: call.leftMs(),
    };
    const posted = await postApi(channel, new URL("/cgi-bin/stable_token", call.endpoint), request, of);
    if (posted.kind === "lost") throw new TokenRefusedError("token_unavailable");
    const json = readAnswer(posted.body);
    const answer = Answer.safeParse(json).data;
    if (answer) return { value: answer.access_token, endsAt: of.now() + answer.expires_in * 1_000 };
    const [code, afterMs] = REFUSALS[Refused.safeParse(json).data?.errcode ?? 0] ?? ["token_unavailable", 0];
    throw new TokenRefusedError(code, afterMs);
  };
  const token = await ask(false);
  return token.value === call.refused ? ask(true) : token;
}
