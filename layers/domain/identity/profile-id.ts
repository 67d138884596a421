import { createHash } from "node:crypto";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";

/** The id of the person that starts with this identifier. Two workers that meet the identifier at once make the same
 *  person. A later generation makes another one, so that an id is never used again: an un-merge names its own after the
 *  version that it took apart. */
export function profileIdOf(first: IdentifierKey, generation: number | `${string}:${number}` = 0): ProfileId {
  const digest = createHash("sha256").update(`${generation}|${first}`).digest("base64url");
  return `p_${digest.slice(0, 26)}` as ProfileId;
}
