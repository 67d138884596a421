import type { LocalStack } from "../support/local-stack.ts";

/** A call as a client would send it, good or bad. */
export type Call = Readonly<Record<string, unknown>>;

/** Posts a body to the collection API with the write key of a source as its Basic user name. */
export function post(
  stack: LocalStack,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  { source = "server", contentType = "application/json" } = {},
): Promise<Response> {
  return postWithKey(stack, path, body, { key: stack.writeKeys[source] ?? "", contentType });
}

/** The same with a write key that need not be one of the runtime's own sources. */
export function postWithKey(
  stack: LocalStack,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  { key, contentType = "application/json" }: { readonly key: string; readonly contentType?: string },
): Promise<Response> {
  return fetch(new URL(path, stack.url), {
    method: "POST",
    headers: { ...basic(key), "content-type": contentType },
    body,
  });
}

/** Posts calls as one batch; throws where they are not answered with 200. Gives the answer. */
export async function sendBatch(stack: LocalStack, calls: readonly Call[], source = "server"): Promise<BatchAnswer> {
  const response = await post(stack, "/v1/batch", JSON.stringify({ batch: calls }), { source });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`/v1/batch answered ${response.status}: ${text}`);
  return JSON.parse(text) as BatchAnswer;
}

export interface BatchAnswer {
  readonly success: true;
  readonly accepted?: number;
  readonly rejected?: readonly { readonly index: number; readonly code: string }[];
}

export function basic(key: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` };
}
