import { createHash } from "node:crypto";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";

/** The id of the person that starts with this identifier. Two workers that meet the identifier at once make the same
 *  person; a higher generation (after an erasure or an un-merge) makes a new one, so an id is never used again. */
export function profileIdOf(first: IdentifierKey, generation = 0): ProfileId {
  const digest = createHash("sha256").update(`${generation}|${first}`).digest("base64url");
  return `p_${digest.slice(0, 26)}` as ProfileId;
}
