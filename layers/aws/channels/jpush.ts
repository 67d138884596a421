import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { resultOfJpushRefusal } from "./jpush-answers.ts";
import { fetchCids, keepCids } from "./jpush-cids.ts";
import { TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";
import { startCountdown } from "./time-left.ts";

const Options = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).default("https://api.jpush.cn"),
  /** False for apps that are signed for development. */
  apnsProduction: z.boolean().default(true),
  /** Push by a `cid`, so that a push whose answer was lost can be tried once more. For every ten pushes that is one call
   *  more, of those that the app's rate limit counts. */
  cid: z.boolean().default(false),
});

const Credentials = z.object({ appKey: z.string().min(1), masterSecret: z.string().min(1) });

/** Registration ids of JPush: short, of letters and digits. */
const REGISTRATION_ID = /^[0-9A-Za-z]{8,40}$/;

const Sent = z.object({ msg_id: z.union([z.string().min(1), z.number()]) });

/** By a cid the first try has this part of the time. */
const FIRST_TRY = 0.6;

/** Notifications over JPush (极光推送), REST v3. The secret is `{ "appKey", "masterSecret" }`. A lost answer is `unknown`. With
 *  the option `cid` the push is tried once more by the same cid before that, which JPush answers with the result of the
 *  first. A cid has to be fetched and lasts a day, so that a touch has none of its own for another worker to go on with. */
export function makeJpushChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { endpoint, apnsProduction, cid: usesCids } = readOptions(definition, Options);
  const { name } = definition;
  const cids = keepCids(of.now);
  return {
    name,
    adapter: "jpush",
    idempotent: false,
    takes: (address) => REGISTRATION_ID.test(address),
    async send({ address, message, journey }, { touchId, timeoutMs }) {
      if (message.channel !== "push") return { kind: "failed", code: "message_not_push" };
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const { appKey, masterSecret } = await readSecret(name, of.secret, Credentials);
      const leftMs = startCountdown(timeoutMs, of.clock);
      const authorization = `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString("base64")}`;
      const fetch = () => fetchCids(name, { endpoint, authorization, timeoutMs: leftMs() }, of);
      const { title, body: text, url } = message;
      const extras = { touchId, journey, ...(url !== undefined && { url }) };
      const push = {
        platform: "all",
        audience: { registration_id: [address] },
        notification: { android: { title, alert: text, extras }, ios: { alert: { title, body: text }, extras } },
        options: { apns_production: apnsProduction },
      };
      const headers = { Authorization: authorization, "Content-Type": "application/json" };
      const post = async (body: string, limitMs: number) =>
        resultOf(
          await postApi(name, new URL("/v3/push", endpoint), { headers, body, timeoutMs: limitMs }, of),
          address,
        );
      if (!usesCids) return post(JSON.stringify(push), leftMs());
      try {
        const body = JSON.stringify({ cid: await cids.take(appKey, fetch), ...push });
        const first = await post(body, Math.ceil(leftMs() * FIRST_TRY));
        if (first.kind !== "unknown") return first;
        const second = await post(body, leftMs());
        // A refusal now says nothing of then.
        return second.kind === "sent" ? second : first;
      } catch (error) {
        if (!(error instanceof TokenRefusedError)) throw error;
        return { kind: "retry", afterMs: error.afterMs, code: error.code };
      }
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
