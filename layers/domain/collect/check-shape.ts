import { CallRefusedError } from "./refusals.ts";

/** An event is at most this many bytes of JSON. */
export const MAX_EVENT_BYTES = 32 * 1024;
/** The event itself is level 1. */
export const MAX_DEPTH = 32;

const FORBIDDEN_KEYS = new Set(["__proto__", "constructor", "prototype"]);

/** Refuses what no later step could hold: too deep, too large, forbidden keys, half surrogate pairs, infinite numbers
 *  (`1e400` is legal JSON and parses to one). Walks with its own stack, since depth is the sender's choice; only what
 *  passed that is measured, because JSON.stringify recurses. Throws CallRefusedError. */
export function checkShape(call: object): void {
  const nodes: object[] = [call];
  const depths: number[] = [1];
  for (;;) {
    const node = nodes.pop();
    const depth = depths.pop();
    if (node === undefined || depth === undefined) break;
    if (depth > MAX_DEPTH) throw new CallRefusedError("too_deep");
    const isList = Array.isArray(node);
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      if (!isList) checkKey(key);
      if (typeof value === "object" && value !== null) {
        nodes.push(value);
        depths.push(depth + 1);
      } else checkScalar(value);
    }
  }
  if (Buffer.byteLength(JSON.stringify(call)) > MAX_EVENT_BYTES) throw new CallRefusedError("event_too_large");
}

function checkKey(key: string): void {
  if (FORBIDDEN_KEYS.has(key)) throw new CallRefusedError("forbidden_key", key);
  if (!key.isWellFormed()) throw new CallRefusedError("ill_formed_unicode");
}

function checkScalar(value: unknown): void {
  if (typeof value === "string" && !value.isWellFormed()) throw new CallRefusedError("ill_formed_unicode");
  if (typeof value === "number" && !Number.isFinite(value)) throw new CallRefusedError("number_out_of_range");
}

/** A copy with everything below `levels` replaced by a mark, so that a call refused for its depth can still be kept and
 *  looked at. */
export function cutDepth(value: unknown, levels: number = MAX_DEPTH): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (levels === 0) return "[cut: too deep]";
  if (Array.isArray(value)) return value.map((item) => cutDepth(item, levels - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutDepth(item, levels - 1)]));
}
