import { createHash, createHmac } from "node:crypto";

export interface Acs3Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

export interface Acs3Request {
  readonly method: string;
  /** `/` for the RPC style. */
  readonly path: string;
  /** As `canonicalQuery` writes it. */
  readonly query: string;
  /** Lower-case names. All of them are signed, so `host` and every `x-acs-…` must be there. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Signs a request to Alibaba Cloud, version 3: the value of `Authorization`. `headers` must hold the body's SHA-256 in
 *  hex as `x-acs-content-sha256`. https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature */
export function signAcs3({ method, path, query, headers, body }: Acs3Request, key: Acs3Key): string {
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const canonical = [method, path, query, lines, names.join(";"), sha256(body)].join("\n");
  const signature = createHmac("sha256", key.accessKeySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest("hex");
  return `ACS3-HMAC-SHA256 Credential=${key.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
}

/** A query by the names of its parameters, percent-encoded as RFC 3986 has it. */
export function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
