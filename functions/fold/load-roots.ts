import { keyOf } from "#domain/identity/plan-claims.ts";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { Identifier } from "#events/collected-event.ts";

/** More hops than merges that one person may go through: a longer chain is a fault of ours. */
const MAX_HOPS = 100;

/** Finds the living people that events speak of, following `mergedInto`. `index` maps each known identifier to its root
 *  and `people` each root to its profile. `origins` maps each strongest identifier that nobody has claimed to the person
 *  that it would begin: an earlier worker may have begun that person and died before it wrote the index row. */
export async function loadRoots(
  ports: { identities: IdentityStore; profiles: ProfileStore },
  events: readonly { readonly identifiers: readonly Identifier[] }[],
): Promise<{
  index: Map<IdentifierKey, ProfileId>;
  people: Map<ProfileId, Profile>;
  origins: Map<IdentifierKey, ProfileId>;
}> {
  const index = await ports.identities.find([...new Set(events.flatMap(({ identifiers }) => identifiers.map(keyOf)))]);
  const strongest = events.flatMap(({ identifiers: [first] }) => (first ? [keyOf(first)] : []));
  const origins = new Map(
    strongest.filter((key) => !index.has(key)).map((key): [IdentifierKey, ProfileId] => [key, profileIdOf(key)]),
  );
  const wanted = [...new Set([...index.values(), ...origins.values()])];
  const loaded = await loadChains(ports.profiles, wanted);
  const people = new Map<ProfileId, Profile>();
  for (const pointers of [index, origins]) {
    for (const [key, id] of pointers) {
      const root = rootOf(loaded, id);
      pointers.set(key, root);
      const profile = loaded.get(root);
      if (profile) people.set(root, profile);
    }
  }
  return { index, people, origins };
}

/** Loads people and whomever they were merged into. */
async function loadChains(profiles: ProfileStore, ids: readonly ProfileId[]): Promise<Map<ProfileId, Profile>> {
  const loaded = await profiles.load(ids);
  for (let hop = 0; ; hop++) {
    const next = [...loaded.values()].flatMap(({ mergedInto }) => mergedInto ?? []);
    const missing = next.filter((id) => !loaded.has(id));
    if (missing.length === 0) return loaded;
    if (hop === MAX_HOPS) throw new Error(`a chain of more than ${MAX_HOPS} merges`);
    for (const [id, profile] of await profiles.load(missing)) loaded.set(id, profile);
  }
}

function rootOf(loaded: ReadonlyMap<ProfileId, Profile>, id: ProfileId): ProfileId {
  let at = id;
  for (let next = loaded.get(at)?.mergedInto; next; next = loaded.get(at)?.mergedInto) at = next;
  return at;
}
