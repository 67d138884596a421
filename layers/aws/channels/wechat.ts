import * as z from "zod";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { keepToken, TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";
import { type SharedTokenPorts, useSharedToken } from "./shared-token.ts";
import { startCountdown } from "./time-left.ts";
import { resultOfWechatCode, TOKEN_ENDED } from "./wechat-answers.ts";
import { fetchWechatToken } from "./wechat-token.ts";

const Options = z.strictObject({
  /** The official account's AppID: people are written to by the identifier `openid:<appId>`. */
  appId: z.string().regex(/^[\w-]{1,64}$/),
  endpoint: z.url({ protocol: /^https?$/ }).default("https://api.weixin.qq.com"),
});

const Credentials = z.object({ appSecret: z.string().min(1) });

const Answer = z.object({ errcode: z.number().default(0), msgid: z.union([z.string(), z.number()]).optional() });

const OPENID = /^[\w-]{8,128}$/;

/** Template messages of a WeChat official account. The secret is `{ "appSecret" }`. A `client_msg_id` keeps WeChat from
 *  sending twice for ten minutes only, and its receipts then name no message
 *  (https://developers.weixin.qq.com/community/personal/oCJUswwJ54BzNN0XkUvQKH5XOkCk/question), so none is given: a lost
 *  answer is `unknown`. */
export function makeWechatChannel(definition: ChannelDefinition, of: ApiSurroundings & SharedTokenPorts): Channel {
  const { appId, endpoint } = readOptions(definition, Options);
  const { name } = definition;
  const memory = keepToken(of.now);
  return {
    name,
    adapter: "official-account",
    idempotent: false,
    takes: (address) => OPENID.test(address),
    async send(message, { timeoutMs }) {
      const body = bodyOf(message);
      if (typeof body !== "string") return body;
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const { appSecret } = await readSecret(name, of.secret, Credentials);
      const leftMs = startCountdown(timeoutMs, of.clock);
      const tokenOf = (refused?: string) => {
        const fetch = () => fetchWechatToken(name, { appId, appSecret }, { endpoint, refused, leftMs }, of);
        const use = { channel: name, secret: appSecret, refused, leftMs, fetch };
        return memory.get(appSecret, () => useSharedToken(of, use));
      };
      const post = async (token: string) => {
        const url = new URL("/cgi-bin/message/template/send", endpoint);
        url.searchParams.set("access_token", token);
        const headers = { "Content-Type": "application/json" };
        return postApi(name, url, { headers, body, timeoutMs: leftMs() }, of);
      };
      try {
        const token = await tokenOf();
        const first = await post(token);
        if (!TOKEN_ENDED.has(errcodeOf(first))) return resultOf(first);
        // It was surely not sent: once more, with another token.
        memory.forget(token);
        return resultOf(await post(await tokenOf(token)));
      } catch (error) {
        if (!(error instanceof TokenRefusedError)) throw error;
        return { kind: "retry", afterMs: error.afterMs, code: error.code };
      }
    },
  };
}

function bodyOf({ address, message }: OutgoingMessage): string | SendResult {
  if (message.channel !== "wechat") return { kind: "failed", code: "message_not_wechat" };
  const { templateId, data, url } = message;
  if (templateId === undefined) return { kind: "failed", code: "template_code_missing" };
  if (!OPENID.test(address)) return { kind: "failed", code: "address_invalid" };
  return JSON.stringify({
    touser: address,
    template_id: templateId,
    ...(url !== undefined && { url }),
    data: Object.fromEntries(Object.entries(data).map(([field, value]) => [field, { value }])),
  });
}

function errcodeOf(posted: PostOutcome): number {
  return posted.kind === "answered" ? (Answer.safeParse(readAnswer(posted.body)).data?.errcode ?? 0) : 0;
}

function resultOf(posted: PostOutcome): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  // A 64-bit number: JSON.parse would round it.
  const msgid = /"msgid"\s*:\s*"?(\d+)/.exec(posted.body)?.[1];
  const answer = Answer.safeParse(readAnswer(posted.body)).data;
  if (!answer || posted.status !== 200) return { kind: "unknown", code: "answer_unreadable" };
  const { errcode } = answer;
  if (errcode !== 0) return resultOfWechatCode(errcode);
  return msgid === undefined ? { kind: "unknown", code: "answer_unreadable" } : { kind: "sent", providerId: msgid };
}
