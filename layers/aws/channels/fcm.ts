import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { fetchGoogleToken, ServiceAccount } from "./google-token.ts";
import { keepToken, TokenRefusedError } from "./keep-token.ts";
import { type ApiSurroundings, lostResult, postApi, readAnswer } from "./post-api.ts";
import type { PostOutcome } from "./post-once.ts";
import { ChannelSettingsError, readOptions, readSecret } from "./read-options.ts";
import { retryAfterMs } from "./retry-after.ts";
import { startCountdown } from "./time-left.ts";

const Options = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).default("https://fcm.googleapis.com"),
  tokenEndpoint: z.url({ protocol: /^https?$/ }).default("https://oauth2.googleapis.com/token"),
});

/** Registration tokens are some 140 to 200 characters; those of other push services are far shorter. */
const TOKEN = /^[\w:-]{64,4096}$/;

const Sent = z.object({ name: z.string().min(1).max(512) });
const Refused = z.object({
  error: z.object({
    status: z.string().default(""),
    message: z.string().default(""),
    details: z
      .array(
        z.object({
          errorCode: z.string().optional(),
          fieldViolations: z.array(z.object({ field: z.string().optional() })).optional(),
        }),
      )
      .default([]),
  }),
});
type Refusal = z.infer<typeof Refused>["error"];

/** "Retry with a minimum initial delay of 1 minute", "of 10 seconds", where `Retry-After` says nothing
 *  (https://firebase.google.com/docs/cloud-messaging/scale-fcm#handling-retries). */
const QUOTA_MS = 60_000;
const BUSY_MS = 10_000;
const SETTINGS_MS = 15 * 60_000;

/** Notifications over Firebase Cloud Messaging, HTTP v1.
 *  https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send: it takes no idempotency key, so a lost
 *  answer is `unknown`. The secret is the service account's key as JSON. */
export function makeFcmChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { endpoint, tokenEndpoint } = readOptions(definition, Options);
  const { name } = definition;
  const tokens = keepToken(of.now);
  return {
    name,
    adapter: "fcm",
    idempotent: false,
    takes: (address) => TOKEN.test(address),
    async send({ address, message, journey }, { touchId, timeoutMs }) {
      if (message.channel !== "push") return { kind: "failed", code: "message_not_push" };
      if (!of.secret) throw new ChannelSettingsError(`channel ${name}: its secret`);
      const leftMs = startCountdown(timeoutMs, of.clock);
      const account = await readSecret(name, of.secret, ServiceAccount);
      const fetch = () => fetchGoogleToken(name, account, { tokenEndpoint, timeoutMs: timeoutMs / 2 }, of);
      const token = await tokens.get(`${account.client_email}\n${account.private_key}`, fetch).catch(refusedToken);
      if (typeof token !== "string") return token;
      const { title, body: text, url: link } = message;
      const data = { touchId, journey, ...(link !== undefined && { url: link }) };
      const body = JSON.stringify({ message: { token: address, notification: { title, body: text }, data } });
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const url = new URL(`/v1/projects/${account.project_id}/messages:send`, endpoint);
      const posted = await postApi(name, url, { headers, body, timeoutMs: leftMs() }, of);
      if (posted.kind === "answered" && posted.status === 401) tokens.forget(token);
      return resultOf(posted, of.now());
    },
  };
}

/** Nothing was sent without a token. */
function refusedToken(error: unknown): SendResult {
  if (!(error instanceof TokenRefusedError)) throw error;
  return { kind: "retry", afterMs: error.afterMs, code: error.code };
}

function resultOf(posted: PostOutcome, now: number): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  const answer = readAnswer(posted.body);
  if (posted.status === 200) {
    const sent = Sent.safeParse(answer).data;
    return sent ? { kind: "sent", providerId: sent.name } : { kind: "unknown", code: "answer_unreadable" };
  }
  const refusal = Refused.safeParse(answer).data?.error ?? { status: "", message: "", details: [] };
  const code = refusal.details.find(({ errorCode }) => errorCode !== undefined)?.errorCode ?? refusal.status;
  return readRefusal(code, refusal, { status: posted.status, askedMs: retryAfterMs(posted.retryAfter, now) });
}

/** https://firebase.google.com/docs/cloud-messaging/error-codes */
function readRefusal(code: string, refusal: Refusal, of: { status: number; askedMs: number }): SendResult {
  const { status, askedMs } = of;
  switch (code) {
    case "UNREGISTERED":
      return { kind: "failed", code: "token_dead", suppress: true };
    case "INVALID_ARGUMENT":
      return isAboutToken(refusal)
        ? { kind: "failed", code: "token_dead", suppress: true }
        : { kind: "failed", code: "bad_request" };
    case "SENDER_ID_MISMATCH":
      return { kind: "failed", code: "token_of_other_sender" };
    case "THIRD_PARTY_AUTH_ERROR":
      return { kind: "retry", afterMs: SETTINGS_MS, code: "apns_unauthorised" };
    case "NOT_FOUND":
      return { kind: "retry", afterMs: SETTINGS_MS, code: "configuration_unknown" };
    default:
  }
  if (status === 429) return { kind: "retry", afterMs: askedMs || QUOTA_MS, code: "quota_spent" };
  if (status === 503) return { kind: "retry", afterMs: askedMs || BUSY_MS, code: "throttled" };
  if (status === 401 || status === 403) return { kind: "retry", afterMs: 0, code: "unauthorised" };
  return status >= 500 ? { kind: "unknown", code: "provider_error" } : { kind: "failed", code: "bad_request" };
}

/** Of everything that may be wrong with a request, only its token says something about the address. The message is read
 *  and not kept: FCM names the field in `details`, or the token in words alone. */
function isAboutToken({ details, message }: Refusal): boolean {
  const fields = details.flatMap(({ fieldViolations = [] }) => fieldViolations.map(({ field }) => field));
  return fields.length > 0 ? fields.includes("message.token") : /registration token/i.test(message);
}
