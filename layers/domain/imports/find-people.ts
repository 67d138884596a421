import { settleLiving } from "#domain/identity/find-living.ts";
import type { SplitPorts } from "#domain/identity/split-people.ts";
import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";

/** Finds the living people of these identifiers by batch reads. Whoever is in the middle of a merge or an un-merge is
 *  brought to its end first. Identifiers of nobody are absent from the map. */
export async function findPeople(
  ports: SplitPorts,
  keys: readonly IdentifierKey[],
): Promise<Map<IdentifierKey, Profile>> {
  const index = await ports.identities.find(keys);
  const people = await loadLiving(ports, [...new Set(index.values())]);
  const found = new Map<IdentifierKey, Profile>();
  for (const [key, id] of index) {
    const person = people.get(id);
    if (person && isAnybody(person.state)) found.set(key, person);
  }
  return found;
}

/** The living people that these ids lead to, by id as it was asked. */
export async function loadLiving(ports: SplitPorts, ids: readonly ProfileId[]): Promise<Map<ProfileId, Profile>> {
  const loaded = await ports.profiles.load(ids);
  const moving = [...loaded.values()].filter(({ mergedInto, intent, split }) => mergedInto ?? intent ?? split);
  for (const { id } of moving) {
    const living = await settleLiving(ports, id);
    if (living) loaded.set(id, living);
    else loaded.delete(id);
  }
  return loaded;
}
