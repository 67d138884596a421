import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { isRetriable } from "#domain/ports/store-error.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";

/** Loads people; one who cannot be read is named with the reason, and does not keep the others from being read. Throws
 *  what a retry may overcome. */
export async function loadPeople(
  profiles: ProfileStore,
  ids: readonly ProfileId[],
): Promise<{ people: ReadonlyMap<ProfileId, Profile>; unreadable: ReadonlyMap<ProfileId, unknown> }> {
  try {
    return { people: await profiles.load(ids), unreadable: new Map() };
  } catch (error) {
    const [only] = ids;
    if (isRetriable(error) || only === undefined) throw error;
    if (ids.length === 1) return { people: new Map(), unreadable: new Map([[only, error]]) };
    const half = Math.ceil(ids.length / 2);
    const [a, b] = [await loadPeople(profiles, ids.slice(0, half)), await loadPeople(profiles, ids.slice(half))];
    return {
      people: new Map([...a.people, ...b.people]),
      unreadable: new Map([...a.unreadable, ...b.unreadable]),
    };
  }
}
