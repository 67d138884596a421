import type { LinkRefusal } from "#domain/identity/link-limits.ts";
import type { IdentifierKey, ProfileId } from "#domain/profile/state.ts";

/** An identifier that events keep linking to people it cannot belong to, added up. */
export interface IdentityConflict {
  /** A value `*` stands for many values of its type, each met a few times. */
  readonly key: IdentifierKey;
  readonly reason: LinkRefusal;
  /** The person that the newest such event went to instead. */
  readonly owner: ProfileId;
  /** Deliveries that were refused: a redelivered event counts again. */
  readonly count: number;
  /** When the newest was refused: milliseconds since 1970. */
  readonly at: number;
}

export interface ConflictStore {
  /** Adds `count` refusals to what is known of this identifier and reason. */
  add(conflict: IdentityConflict): Promise<void>;
  list(page: { cursor?: string; limit: number }): Promise<{ conflicts: IdentityConflict[]; cursor?: string }>;
}
