import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { isGlobalAddress } from "./global-address.ts";

export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const resolveByDns: Resolve = (host) => lookup(host, { all: true });

export type Target =
  | { readonly kind: "reachable"; readonly address: string; readonly family: number }
  | { readonly kind: "refused"; readonly code: "url_invalid" | "target_not_global" }
  | { readonly kind: "unresolved"; readonly timedOut: boolean };

/** Finds the address that a URL means, once and within `timeoutMs`: whoever connects must go there and not ask again, for the second answer may
 *  be another. A host with any address that is not global is refused. `allowedHosts` are `host:port` of this machine's own
 *  tests and demos: they may be plain HTTP, and anywhere. */
export async function resolveTarget(
  url: URL,
  {
    resolve,
    allowedHosts,
    timeoutMs,
  }: { readonly resolve: Resolve; readonly allowedHosts: ReadonlySet<string>; readonly timeoutMs: number },
): Promise<Target> {
  const isAllowed = allowedHosts.has(url.host);
  if (!isAllowed && (url.protocol !== "https:" || url.username !== "" || url.password !== "")) {
    return { kind: "refused", code: "url_invalid" };
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  const deadline = AbortSignal.timeout(Math.max(1, timeoutMs));
  const asked = family ? [{ address: host, family }] : Promise.race([resolve(host).catch(() => []), noneAt(deadline)]);
  const found = await asked;
  const [first] = found;
  if (!first) return { kind: "unresolved", timedOut: deadline.aborted };
  if (!isAllowed && !found.every(({ address }) => isGlobalAddress(address))) {
    return { kind: "refused", code: "target_not_global" };
  }
  return { kind: "reachable", ...first };
}

function noneAt(deadline: AbortSignal): Promise<readonly never[]> {
  return new Promise((done) => {
    deadline.addEventListener("abort", () => done([]), { once: true });
  });
}
