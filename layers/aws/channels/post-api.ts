import type { SendResult } from "#domain/ports/channel.ts";
import { type PostOnce, type PostOutcome, postOnce } from "./post-once.ts";
import { ChannelSettingsError } from "./read-options.ts";
import { type Resolve, resolveByDns, resolveTarget } from "./resolve-target.ts";
import { startCountdown } from "./time-left.ts";

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
export function postApi(channel: string, url: URL, request: ApiRequest, of: ApiSurroundings): Promise<PostOutcome> {
  return callApi(channel, url, request, of);
}

/** The same by GET, for what changes nothing there. */
export function askApi(
  channel: string,
  url: URL,
  request: Omit<ApiRequest, "body">,
  of: ApiSurroundings,
): Promise<PostOutcome> {
  return callApi(channel, url, { ...request, body: "", method: "GET" }, of);
}

async function callApi(
  channel: string,
  url: URL,
  request: ApiRequest & { readonly method?: "GET" },
  { resolve = resolveByDns, allowedHosts = new Set(), certificate, post = postOnce, clock }: ApiSurroundings,
): Promise<PostOutcome> {
  const leftMs = startCountdown(request.timeoutMs, clock);
  const target = await resolveTarget(url, { resolve, allowedHosts, timeoutMs: request.timeoutMs });
  if (target.kind === "refused") throw new ChannelSettingsError(`channel ${channel}: endpoint`);
  if (target.kind === "unresolved") return { kind: "lost", connected: false, timedOut: target.timedOut };
  const { address, family } = target;
  return post({ ...request, url, address, family, certificate, timeoutMs: leftMs() });
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
