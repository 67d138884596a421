import { gunzipSync } from "node:zlib";
import { RequestRejectedError } from "./rejections.ts";

/** Of a body as it came, and of what it expands to. */
export const MAX_BODY_BYTES = 500 * 1024;

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const BASE64 = /^[A-Za-z0-9+/_\-\s]+={0,2}\s*$/;
/** Form fields that hold calls: Sensors' SDKs. */
const FORM_FIELDS = ["data_list", "data"] as const;

/** Reads the bytes of a body by looking at them and never at their label: gzip by its magic bytes, JSON, a form with
 *  base64 in `data` or `data_list`, or bare base64. Size is checked before anything is parsed, and decompression stops
 *  at the limit. Throws RequestRejectedError. */
export function readBody(body: Uint8Array): unknown {
  if (body.length > MAX_BODY_BYTES) throw new RequestRejectedError("payload_too_large");
  const text = readText(expand(body));
  if (text === "") throw new RequestRejectedError("body_empty");
  return looksLikeJson(text) ? parseJson(text) : readText64(readForm(text) ?? text);
}

/** Reads what a query parameter or a form field holds: base64, or JSON as it is. Throws RequestRejectedError. */
export function readText64(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_BODY_BYTES) throw new RequestRejectedError("payload_too_large");
  const trimmed = text.trim();
  if (looksLikeJson(trimmed)) return parseJson(trimmed);
  // A plus sign that was not percent-encoded has become a space on its way.
  const base64 = trimmed.replaceAll(" ", "+");
  if (!BASE64.test(base64)) throw new RequestRejectedError("body_unreadable");
  const inner = readText(expand(Buffer.from(base64, "base64")));
  if (!looksLikeJson(inner)) throw new RequestRejectedError("body_unreadable");
  return parseJson(inner);
}

function expand(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f) return bytes;
  // Read as UTF-8 text on the way, the second magic byte (8B) became U+FFFD, and so did much that cannot be restored.
  if (bytes[1] === 0xef && bytes[2] === 0xbf && bytes[3] === 0xbd)
    throw new RequestRejectedError("compressed_body_mangled");
  if (bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BODY_BYTES });
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    throw new RequestRejectedError(isTooLarge ? "payload_too_large" : "gzip_invalid", { cause });
  }
}

function readText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes).trim();
  } catch (cause) {
    throw new RequestRejectedError("invalid_utf8", { cause });
  }
}

function looksLikeJson(text: string): boolean {
  return text.startsWith("{") || text.startsWith("[");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new RequestRejectedError("body_unreadable", { cause });
  }
}

function readForm(text: string): string | undefined {
  if (!/(?:^|&)data(?:_list)?=/.test(text)) return undefined;
  const form = new URLSearchParams(text);
  return FORM_FIELDS.map((name) => form.get(name)).find((value) => value !== null && value !== "") ?? undefined;
}
