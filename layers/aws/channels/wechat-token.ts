import * as z from "zod";
import { type AccessToken, TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, postApi, readAnswer } from "./post-api.ts";

const Answer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const Refused = z.object({ errcode: z.number() });

const QUOTA_MS = 15 * 60_000;

/** https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken */
const REFUSALS: Readonly<Record<number, TokenRefusedError>> = {
  40013: new TokenRefusedError("unauthorised"),
  40125: new TokenRefusedError("unauthorised"),
  40164: new TokenRefusedError("unauthorised"),
  45009: new TokenRefusedError("quota_spent", QUOTA_MS),
  45011: new TokenRefusedError("throttled", 60_000),
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
    throw REFUSALS[Refused.safeParse(json).data?.errcode ?? 0] ?? new TokenRefusedError("token_unavailable");
  };
  const token = await ask(false);
  return token.value === call.refused ? ask(true) : token;
}
