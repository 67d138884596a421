import { createHmac } from "node:crypto";
import * as z from "zod";
import type { Channel, SendResult } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { type PostOnce, type PostOutcome, postOnce } from "./post-once.ts";
import { ChannelSettingsError, readOptions } from "./read-options.ts";
import { type Resolve, resolveByDns, resolveTarget, type Target } from "./resolve-target.ts";
import { retryAfterMs } from "./retry-after.ts";

const Options = z.strictObject({ url: z.url({ protocol: /^https?$/ }).max(2_000) });

/** The key of `whsec_…`: 24 to 64 bytes in base64. */
const SECRET = /^whsec_([A-Za-z0-9+/]{32,88}={0,2})$/;

export interface WebhookSurroundings {
  readonly secret?: (() => Promise<string | undefined>) | undefined;
  readonly now: () => number;
  readonly resolve?: Resolve | undefined;
  /** `host:port` that may be plain HTTP and need not be on the public internet. */
  readonly allowedHosts?: ReadonlySet<string>;
  readonly certificate?: string;
  /** How a request leaves: over the network unless said. */
  readonly post?: PostOnce | undefined;
}

/** Touches as webhooks (https://github.com/standard-webhooks/standard-webhooks, 1.0.0). The id of a webhook is the touch's,
 *  by which receivers take it once. Only public addresses are called. */
export function makeWebhookChannel(definition: ChannelDefinition, of: WebhookSurroundings): Channel {
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
      const deadline = AbortSignal.timeout(timeoutMs);
      const target = await Promise.race([resolveTarget(url, { resolve, allowedHosts }), unresolvedAt(deadline)]);
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
      const posted = await post({ url, address, family, headers, body: message.json, timeoutMs, certificate });
      return resultOf(posted, touchId, of.now());
    },
  };
}

function unresolvedAt(deadline: AbortSignal): Promise<Target> {
  return new Promise((resolve) => {
    deadline.addEventListener("abort", () => resolve({ kind: "unresolved" }), { once: true });
  });
}

function keyOf(name: string, secret: string | undefined): Buffer {
  const [, key] = SECRET.exec(secret ?? "") ?? [];
  if (key === undefined) throw new ChannelSettingsError(`channel ${name}: its secret`);
  return Buffer.from(key, "base64");
}

/** 410 means that the receiver wants no more. Of 500, 502 and 504 nobody knows how far the request came. */
function resultOf(posted: PostOutcome, touchId: string, now: number): SendResult {
  if (posted.kind === "lost") {
    const code = posted.timedOut ? "timed_out" : "connection_lost";
    return posted.connected ? { kind: "unknown", code } : { kind: "retry", afterMs: 0, code };
  }
  const { status, retryAfter } = posted;
  if (status >= 200 && status < 300) return { kind: "sent", providerId: touchId };
  const code = `http_${status}`;
  if (status === 429 || status === 503) return { kind: "retry", afterMs: retryAfterMs(retryAfter, now), code };
  return status >= 500 ? { kind: "unknown", code } : { kind: "failed", code };
}
