import { AdminError } from "./admin-error.ts";

/** Deeper than any definition; what walks a body by recursion is safe within it. */
const MAX_DEPTH = 64;

/** Parses a body. Throws AdminError 400 `body_not_json` or `body_too_deep`. */
export function readJson(body: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : "not JSON";
    throw new AdminError(400, "body_not_json", `the body is not JSON: ${message}`, {
      details: { faults: [{ path: "body", code: "body_not_json", message }] },
      cause,
    });
  }
  if (isDeeper(value, MAX_DEPTH)) throw new AdminError(400, "body_too_deep", `a body may have ${MAX_DEPTH} levels`);
  return value;
}

/** Level by level, not by recursion: the body may be as deep as it is long. */
function isDeeper(value: unknown, levels: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((item) => (typeof item === "object" && item !== null ? Object.values(item) : []));
  }
  return false;
}
