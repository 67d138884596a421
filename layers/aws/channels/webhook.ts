import { createHmac } from "node:crypto";
import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { type ApiSurroundings, lostResult } from "./post-api.ts";
import { type PostOutcome, postOnce } from "./post-once.ts";
import { ChannelSettingsError, readOptions } from "./read-options.ts";
import { resolveByDns, resolveTarget } from "./resolve-target.ts";
import { retryAfterMs } from "./retry-after.ts";
import { startCountdown } from "./time-left.ts";

const Options = z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) });

/** The key of `whsec_…`: 24 to 64 bytes in base64. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

/** Touches as webhooks (https://github.com/standard-webhooks/standard-webhooks, 1.0.0). The id of a webhook is the touch's,
 *  by which receivers take it once. Only public addresses are called. */
export function makeWebhookChannel(definition: ChannelDefinition, of: ApiSurroundings): Channel {
  const { url: text } = readOptions(definition, Options);
  const url = new URL(text);
  const { resolve = resolveByDns, allowedHosts = new Set<string>(), post = postOnce } = of;
  return {
    name: definition.name,
    adapter: "standard-webhooks",
    idempotent: true,
    async send({ message }, { touchId, timeoutMs }) {
      if (message.channel !== "webhook") return { kind: "failed", code: "message_not_webhook" };
      const key = keyOf(definition.name, await of.secret?.());
      const leftMs = startCountdown(timeoutMs, of.clock);
      const target = await resolveTarget(url, { resolve, allowedHosts, timeoutMs });
      if (target.kind === "refused") return { kind: "failed", code: target.code };
      if (target.kind === "unresolved") return { kind: "retry", afterMs: 0, code: "host_unknown" };
      const timestamp = String(Math.floor(of.now() / 1000));
      const signature = createHmac("sha256", key).update(`${touchId}.${timestamp}.${message.json}`).digest("base64");
      const headers = {
        "Content-Type": "application/json",
        "User-Agent": "Strata",
        "webhook-id": touchId,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${signature}`,
      };
      const { address, family } = target;
      const { certificate } = of;
      const posted = await post({
        url,
        address,
        family,
        headers,
        body: message.json,
        timeoutMs: leftMs(),
        certificate,
      });
      return resultOf(posted, touchId, of.now());
    },
  };
}

function keyOf(name: string, secret: string | undefined): Buffer {
  const [, key] = SECRET.exec(secret ?? "") ?? [];
  if (key === undefined) throw new ChannelSettingsError(`channel ${name}: its secret`);
  return Buffer.from(key, "base64");
}

/** 410 means that the receiver wants no more. Of 500, 502 and 504 nobody knows how far the request came. */
function resultOf(posted: PostOutcome, touchId: string, now: number): SendResult {
  if (posted.kind === "lost") return lostResult(posted);
  const { status, retryAfter } = posted;
  if (status >= 200 && status < 300) return { kind: "sent", providerId: touchId };
  const code = `http_${status}`;
  if (status === 429 || status === 503) return { kind: "retry", afterMs: retryAfterMs(retryAfter, now), code };
  return status >= 500 ? { kind: "unknown", code } : { kind: "failed", code };
}
