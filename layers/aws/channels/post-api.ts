import type { SendResult } from "#domain/ports/channel.ts";
import { type PostOnce, type PostOutcome, postOnce } from "./post-once.ts";
import { ChannelSettingsError } from "./read-options.ts";
import { type Resolve, resolveByDns, resolveTarget, type Target } from "./resolve-target.ts";

/** What every adapter that speaks HTTP is made with. */
export interface ApiSurroundings {
  readonly secret?: (() => Promise<string | undefined>) | undefined;
  readonly now: () => number;
  readonly resolve?: Resolve | undefined;
  /** `host:port` that may be plain HTTP and need not be on the public internet. */
  readonly allowedHosts?: ReadonlySet<string>;
  readonly certificate?: string;
  /** How a request leaves: over the network unless said. */
  readonly post?: PostOnce | undefined;
  /** Milliseconds that only go forward. */
  readonly clock?: (() => number) | undefined;
}

export interface ApiRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** Posts to the API of a provider, once. Where it is comes from a definition, so only public addresses are called, as for
 *  webhooks. Throws ChannelSettingsError where the address is not one of them. */
export async function postApi(
  channel: string,
  url: URL,
  { headers, body, timeoutMs }: ApiRequest,
  { resolve = resolveByDns, allowedHosts = new Set(), certificate, post = postOnce }: ApiSurroundings,
): Promise<PostOutcome> {
  const deadline = AbortSignal.timeout(Math.max(1, timeoutMs));
  const target = await Promise.race([resolveTarget(url, { resolve, allowedHosts }), unresolvedAt(deadline)]);
  if (target.kind === "refused") throw new ChannelSettingsError(`channel ${channel}: endpoint`);
  if (target.kind === "unresolved") return { kind: "lost", connected: false, timedOut: deadline.aborted };
  const { address, family } = target;
  return post({ url, address, family, headers, body, timeoutMs, certificate });
}

/** What a request without an answer stands for: before there was a connection nothing can have been taken. */
export function lostResult({ connected, timedOut }: Extract<PostOutcome, { kind: "lost" }>): SendResult {
  const code = timedOut ? "timed_out" : "connection_lost";
  return connected ? { kind: "unknown", code } : { kind: "retry", afterMs: 0, code };
}

/** An answer's JSON; undefined where it is none. */
export function readAnswer(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function unresolvedAt(deadline: AbortSignal): Promise<Target> {
  return new Promise((done) => {
    deadline.addEventListener("abort", () => done({ kind: "unresolved" }), { once: true });
  });
}
