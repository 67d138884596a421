import { createHash } from "node:crypto";
import type { OpenedText } from "../open-text.ts";
import { splitLines } from "./split-lines.ts";

/** One Segment call of the file, as it will be sent. */
export interface ReplayCall {
  readonly line: number;
  /** Whose it is: calls with the same key are sent in the order of the file. */
  readonly key: string;
  readonly json: string;
  readonly bytes: number;
}

/** A call that was not accepted, by us or by the server. */
export interface Refusal {
  readonly line: number;
  readonly code: string;
  readonly message?: string;
}

export type CallMapper = (call: Record<string, unknown>) => Record<string, unknown>;

/** Longer than any batch may be, so no such line could ever be sent. */
const MAX_LINE_LENGTH = 500 * 1024;

/** Streams the calls of an NDJSON file; lines that are no JSON object are handed out as refusals.
 *  A call without a messageId is given one, made of its line number and text: else a retry would count it twice. */
export async function* readCalls(
  text: OpenedText,
  map: CallMapper = (call) => call,
): AsyncIterable<(ReplayCall | Refusal)[]> {
  for await (const lines of splitLines(text.chunks, MAX_LINE_LENGTH)) {
    yield lines.map((line) => {
      if (line.text === undefined)
        return { line: line.number, code: "payload_too_large", message: "the line is over 500 KB" };
      return readCall(line.number, line.text, map);
    });
  }
}

function readCall(line: number, text: string, map: CallMapper): ReplayCall | Refusal {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { line, code: "invalid_json", message: error instanceof Error ? error.message : String(error) };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return { line, code: "invalid_json", message: "a line must be a JSON object: one Segment call" };
  const original = parsed as Record<string, unknown>;
  const call = map(withMessageId(original, line, text));
  // A call that nothing changed is sent byte for byte: no number is printed anew.
  const json = call === original ? text.trim() : JSON.stringify(call);
  return { line, key: keyOf(call), json, bytes: Buffer.byteLength(json) };
}

/** The server keeps order per `userId`, or else `anonymousId`; what has neither will be refused. */
function keyOf({ userId, anonymousId }: Record<string, unknown>): string {
  const id = userId ?? anonymousId;
  return typeof id === "string" ? id : JSON.stringify(id ?? "");
}

function withMessageId(call: Record<string, unknown>, line: number, text: string): Record<string, unknown> {
  if (call.messageId !== undefined && call.messageId !== "") return call;
  const digest = createHash("sha256").update(`${line}\n${text}`).digest("hex").slice(0, 32);
  return { ...call, messageId: `replay-${digest}` };
}
