import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";

export interface IdentityStore {
  /** Strongly consistent. Unclaimed identifiers are absent from the map. */
  find(keys: readonly IdentifierKey[]): Promise<Map<IdentifierKey, ProfileId>>;
  /** Points the identifier at the person if nobody has it yet. */
  claim(key: IdentifierKey, profileId: ProfileId): Promise<"claimed" | "taken">;
  /** Points the identifier from one person to another, if it still points at the first. */
  repoint(key: IdentifierKey, from: ProfileId, to: ProfileId): Promise<"repointed" | "conflict">;
}
