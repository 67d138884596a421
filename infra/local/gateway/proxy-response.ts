import * as z from "zod";
import type { GatewayResponse } from "./request.ts";

const HeaderValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const ProxyResponse = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(HeaderValue)).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/** What a function's proxy result means as HTTP; undefined where it is malformed, which both gateways answer with 5xx. */
export function readProxyResponse(payload: string, defaultContentType: string): GatewayResponse | undefined {
  const parsed = ProxyResponse.safeParse(JSON.parse(payload));
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, cookies, body, isBase64Encoded } = parsed.data;
  const given = { ...lowerCased(headers ?? {}), ...lowerCased(multiValueHeaders ?? {}) };
  return {
    status: statusCode,
    headers: {
      ...(body && { "content-type": defaultContentType }),
      ...given,
      ...(cookies && cookies.length > 0 && { "set-cookie": cookies }),
    },
    body: Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"),
  };
}

function lowerCased<T>(headers: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
