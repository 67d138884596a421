import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { resultOfJpushRefusal } from "./jpush-answers.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";

const Options = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).default("https://api.jpush.cn"),
  /** False for apps that are signed for development. */
  apnsProduction: z.boolean().default(true),
});

const Credentials = z.object({ appKey: z.string().min(1), masterSecret: z.string().min(1) });

/** Registration ids of JPush: short, of letters and digits. */
const REGISTRATION_ID = /^[0-9A-Za-z]{8,40}$/;

const Sent = z.object({ msg_id: z.union([z.string().min(1), z.number()]) });

/** Notifications over JPush (极光推送), REST v3. The secret is `{ "appKey", "masterSecret" }`. A `cid` would make a push
 *  happen once, but it has to be fetched beforehand (https://docs.jiguang.cn/jpush/server/push/rest_api_v3_push_advanced),
 *  so that a touch has none of its own: a lost answer is `unknown`. */
export function makeJpushChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { endpoint, apnsProduction } = readOptions(definition, Options);
  const { name } = definition;
  return {
    name,
    adapter: "jpush",
    idempotent: false,
    takes: (address) => REGISTRATION_ID.test(address),
    async send({ address, message, journey }, { touchId, timeoutMs }) {
      if (message.channel !== "push") return { kind: "failed", code: "message_not_push" };
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const { appKey, masterSecret } = await readSecret(name, of.secret, Credentials);
      const { title, body: text, url } = message;
      const extras = { touchId, journey, ...(url !== undefined && { url }) };
      const body = JSON.stringify({
        platform: "all",
        audience: { registration_id: [address] },
        notification: { android: { title, alert: text, extras }, ios: { alert: { title, body: text }, extras } },
        options: { apns_production: apnsProduction },
      });
      const headers = {
        Authorization: `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString("base64")}`,
        "Content-Type": "application/json",
      };
      return resultOf(await postApi(name, new URL("/v3/push", endpoint), { headers, body, timeoutMs }, of), address);
    },
  };
}

function resultOf(posted: PostOutcome, to: string): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  const { status } = posted;
  const answer = readAnswer(posted.body);
  if (status === 200) {
    const sent = Sent.safeParse(answer).data;
    return sent ? { kind: "sent", providerId: String(sent.msg_id) } : { kind: "unknown", code: "answer_unreadable" };
  }
  return resultOfJpushRefusal(answer, { status, to });
}
