import type { HttpRequest } from "#aws/http-request.ts";

/** Programs that open messages and follow links by themselves: proxies of mailboxes (Gmail's, Yahoo's; Apple's Mail
 *  Privacy Protection calls itself `Mozilla/5.0` and no more), scanners of companies' gateways, makers of previews. */
const MACHINES =
  /googleimageproxy|yahoomailproxy|^mozilla\/5\.0$|(?<!cu)bot\b|crawl|spider|slurp|preview|scan|proofpoint|barracuda|mimecast|ironport|fireeye|safelinks|facebookexternalhit|headless|python-|curl\/|wget\/|go-http-client|okhttp|java\/|axios\/|node-fetch|libwww/i;
const PREFETCH = /prefetch|preview|prerender/i;
const PREFETCH_HEADERS = ["purpose", "sec-purpose", "x-purpose", "x-moz"] as const;

/** Whether a request for a link was most likely made by a program rather than by somebody: it is counted apart, and is
 *  nobody's activity. A HEAD asks for no page, and a browser says when it fetches ahead. */
export function isAutomated({ method, header }: Pick<HttpRequest, "method" | "header">): boolean {
  if (method === "HEAD") return true;
  if (PREFETCH_HEADERS.some((name) => PREFETCH.test(header(name) ?? ""))) return true;
  const agent = (header("user-agent") ?? "").trim();
  return agent === "" || MACHINES.test(agent);
}
