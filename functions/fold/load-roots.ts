import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";

/** More hops than merges that one person may go through: a longer chain is a fault of ours. */
const MAX_HOPS = 100;

/** Finds the living people that identifiers point to, following `mergedInto`. `index` maps each known identifier to
 *  its root, `people` each root to its profile. An identifier whose person is not written yet is left out of `people`. */
export async function loadRoots(
  ports: { identities: IdentityStore; profiles: ProfileStore },
  keys: Iterable<IdentifierKey>,
): Promise<{ index: Map<IdentifierKey, ProfileId>; people: Map<ProfileId, Profile> }> {
  const index = await ports.identities.find([...keys]);
  const loaded = await ports.profiles.load([...new Set(index.values())]);
  for (let hop = 0; ; hop++) {
    const next = [...loaded.values()].flatMap(({ mergedInto }) => (mergedInto ? [mergedInto] : []));
    const missing = next.filter((id) => !loaded.has(id));
    if (missing.length === 0) break;
    if (hop === MAX_HOPS) throw new Error(`a chain of more than ${MAX_HOPS} merges`);
    for (const [id, profile] of await ports.profiles.load(missing)) loaded.set(id, profile);
  }
  const rootOf = (id: ProfileId): ProfileId => {
    let at = id;
    for (let next = loaded.get(at)?.mergedInto; next; next = loaded.get(at)?.mergedInto) at = next;
    return at;
  };
  const people = new Map<ProfileId, Profile>();
  for (const [key, id] of index) {
    const root = rootOf(id);
    index.set(key, root);
    const profile = loaded.get(root);
    if (profile) people.set(root, profile);
  }
  return { index, people };
}
