import { AdminError } from "./admin-error.ts";

/** The entity tag of a definition: the version at which it last changed. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

/** Refuses a write that does not know what it replaces. `current` is the version of what is there; undefined: nothing.
 *  `demanded`: what is there may be replaced only with If-Match. Throws AdminError 412 `version_stale` or 428
 *  `version_required`. */
export function checkIfMatch(ifMatch: string | undefined, current: number | undefined, demanded: boolean): void {
  if (ifMatch === undefined) {
    if (current === undefined || !demanded) return;
    throw new AdminError(428, "version_required", `it exists: send If-Match: "${current}" to replace that version`, {
      details: { version: current },
      headers: { etag: etagOf(current) },
    });
  }
  // A weak tag or a bare number say the same here; a list matches if any of it does.
  const asked = ifMatch.split(",").map((tag) => tag.trim().replace(/^W\//, "").replaceAll('"', ""));
  if (current !== undefined && (asked.includes("*") || asked.includes(String(current)))) return;
  throw new AdminError(
    412,
    "version_stale",
    current === undefined ? "there is nothing to replace" : `it is at version ${current} now`,
    { details: { version: current ?? null }, ...(current !== undefined && { headers: { etag: etagOf(current) } }) },
  );
}
