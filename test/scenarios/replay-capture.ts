import { readFileSync } from "node:fs";
import * as z from "zod";
import type { LocalStack } from "../support/local-stack.ts";
import { basic } from "./collection.ts";

const Capture = z.object({
  requests: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      headers: z.record(z.string(), z.string()),
      bodyBase64: z.string().optional(),
    }),
  ),
});

/** What the transport says of itself; the client that sends the request again says it anew. */
const hopByHop = new Set(["host", "connection", "content-length"]);

/**
 * Sends a capture's requests to the runtime as they were, each once the one before is folded, as people click: only the write keys are those of `source`, and,
 * where `rename` says so, people's names are others, so that two captures do not speak of the same person.
 */
export async function replayCapture(
  stack: LocalStack,
  name: string,
  { source, rename = {} }: { readonly source: string; readonly rename?: Readonly<Record<string, string>> },
): Promise<{ status: number; contentType: string | null; text: string }[]> {
  const key = stack.writeKeys[source] ?? "";
  const file = new URL(`../fixtures/captures/${name}.json`, import.meta.url);
  const { requests } = Capture.parse(JSON.parse(readFileSync(file, "utf8")));
  const renameIn = (text: string): string =>
    Object.entries(rename).reduce((renamed, [from, to]) => renamed.replaceAll(from, to), text);
  const answers = [];
  for (const { method, path, headers, bodyBase64 } of requests) {
    const url = new URL(path, stack.url);
    if (url.searchParams.has("project")) url.searchParams.set("project", key);
    const data = url.searchParams.get("data");
    if (data !== null) url.searchParams.set("data", renameBase64(data, renameIn));
    const kept = Object.entries(headers).filter(([header]) => !hopByHop.has(header));
    const body = Buffer.from(bodyBase64 ?? "", "base64");
    const response = await fetch(url, {
      method,
      headers: { ...Object.fromEntries(kept), ...("authorization" in headers && basic(key)) },
      ...(body.length > 0 && { body: isJson(body) ? renameIn(body.toString()).replace(/WK_TEST2?/, key) : body }),
    });
    const contentType = response.headers.get("content-type");
    answers.push({ status: response.status, contentType, text: await response.text() });
    await stack.quiet();
  }
  return answers;
}

/** JSON can be renamed in; compressed bytes and forms stay as they are. */
function isJson(body: Buffer): boolean {
  return body[0] === "{".charCodeAt(0);
}

function renameBase64(data: string, renameIn: (text: string) => string): string {
  return Buffer.from(renameIn(Buffer.from(data, "base64").toString())).toString("base64");
}
