import { type ClientRequest, Agent as HttpAgent, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";

/** More of an answer than this nobody reads. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface Post {
  /** `POST` unless said; a GET has no body. */
  readonly method?: "GET" | undefined;
  readonly url: URL;
  /** The address to connect to: nothing is resolved again. */
  readonly address: string;
  readonly family: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
  /** A certificate authority of a test. */
  readonly certificate?: string | undefined;
}

export type PostOnce = (post: Post) => Promise<PostOutcome>;

export type PostOutcome =
  | { readonly kind: "answered"; readonly status: number; readonly retryAfter?: string; readonly body: string }
  /** `connected`: the request may have been read. */
  | { readonly kind: "lost"; readonly connected: boolean; readonly timedOut: boolean };

/** Posts a body, once, to one address: the host's name stays in `Host`, SNI and the check of the certificate. Redirects are
 *  answers like any other, and an answer is read up to 64 KB. */
export function postOnce({
  method,
  url,
  address,
  family,
  headers,
  body,
  timeoutMs,
  certificate,
}: Post): Promise<PostOutcome> {
  const { promise, resolve } = Promise.withResolvers<PostOutcome>();
  const isSecure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  let connected = false;
  const request: ClientRequest = (isSecure ? requestHttps : requestHttp)({
    host,
    port: url.port || (isSecure ? 443 : 80),
    path: `${url.pathname}${url.search}`,
    method: method ?? "POST",
    headers: {
      ...headers,
      Host: url.host,
      ...(method !== "GET" && { "Content-Length": Buffer.byteLength(body) }),
    },
    // Node asks for one address or for all, as it plans to connect.
    lookup: (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
    agent: isSecure
      ? new HttpsAgent({ servername: isIP(host) ? "" : host, ...(certificate !== undefined && { ca: certificate }) })
      : new HttpAgent(),
  });
  const lose = (timedOut: boolean) => {
    resolve({ kind: "lost", connected, timedOut });
    request.destroy();
  };
  const timer = setTimeout(lose, timeoutMs, true);
  request.on("socket", (socket) => {
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      connected = true;
    });
  });
  request.on("error", () => lose(false));
  request.on("response", (response) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = () => {
      const retryAfter = response.headers["retry-after"];
      const status = response.statusCode ?? 0;
      const text = Buffer.concat(chunks).toString("utf8");
      resolve({ kind: "answered", status, body: text, ...(retryAfter !== undefined && { retryAfter }) });
      request.destroy();
    };
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) finish();
      else chunks.push(chunk);
    });
    response.on("end", finish);
    // The status has come; what is missing is only more of its text.
    response.on("error", finish);
  });
  request.end(body);
  return promise.finally(() => clearTimeout(timer));
}
