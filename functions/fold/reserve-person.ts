import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";

/** Reserves identifiers in the person, before any index row points there: one write on the version that was read, or
 *  none where there is nothing to reserve. A person who is not stored yet begins with this write. */
export async function reservePerson(
  ports: { profiles: ProfileStore; now: () => number },
  id: ProfileId,
  person: Profile | undefined,
  identifiers: ReadonlyMap<IdentifierKey, number>,
  bundle: CompiledBundle,
): Promise<Profile | "lost"> {
  if (person && identifiers.size === 0) return person;
  const before = person ?? newPerson(id, ports.now(), bundle.version);
  const held = new Map(before.state.identifiers);
  for (const [key, since] of identifiers) held.set(key, Math.min(since, held.get(key) ?? Infinity));
  const reserved = {
    ...before,
    version: before.version + 1,
    state: { ...before.state, identifiers: held },
    outbox: [],
  };
  return (await ports.profiles.save(reserved)) === "saved" ? reserved : "lost";
}

function newPerson(id: ProfileId, now: number, bundleVersion: number): Profile {
  return {
    id,
    version: 0,
    createdAt: now,
    state: emptyState(),
    memberships: new Map(),
    bundleVersion,
    filledTo: bundleVersion,
    reviewAt: Infinity,
    outbox: [],
  };
}
