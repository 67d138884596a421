import { keyOf } from "#domain/identity/plan-claims.ts";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, Profile } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** A person whose identifiers are those of one event, claimed and not written yet. */
export function newPerson({ identifiers, at, receivedAt }: CollectedEvent): Profile {
  const keys = identifiers.map(keyOf);
  return {
    id: profileIdOf(keys[0] ?? ("" as IdentifierKey)),
    version: 0,
    createdAt: receivedAt,
    state: { ...emptyState(), identifiers: new Map(keys.map((key): [IdentifierKey, number] => [key, at])) },
    memberships: new Map(),
    bundleVersion: 1,
    reviewAt: Number.POSITIVE_INFINITY,
    outbox: [],
  };
}
