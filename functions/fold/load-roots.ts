import { MAX_MERGES } from "#domain/identity/merge-rules.ts";
import { keyOf } from "#domain/identity/plan-claims.ts";
import { profileIdOf } from "#domain/identity/profile-id.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { Identifier } from "#events/collected-event.ts";

const MAX_HOPS = MAX_MERGES;

export interface Roots {
  /** Each known identifier's root. */
  readonly index: Map<IdentifierKey, ProfileId>;
  /** Each strongest identifier that nobody has claimed, and the person that it would begin: an earlier worker may have
   *  begun that person and died before it wrote the index row. */
  readonly origins: Map<IdentifierKey, ProfileId>;
  readonly people: Map<ProfileId, Profile>;
  /** Roots that are in the middle of a merge, each with the person from whom the way to it shows what is left to do. */
  readonly unfinished: Map<ProfileId, ProfileId>;
}

/** Finds the living people that events speak of, following `mergedInto`. */
export async function loadRoots(
  ports: { identities: IdentityStore; profiles: ProfileStore },
  events: readonly { readonly identifiers: readonly Identifier[]; readonly previousId?: string | undefined }[],
): Promise<Roots> {
  const index = await ports.identities.find([...new Set(events.flatMap(keysOf))]);
  const strongest = events.flatMap(({ identifiers: [first] }) => (first ? [keyOf(first)] : []));
  const origins = new Map(
    strongest.filter((key) => !index.has(key)).map((key): [IdentifierKey, ProfileId] => [key, profileIdOf(key)]),
  );
  const loaded = await loadChains(ports.profiles, [...new Set([...index.values(), ...origins.values()])]);
  const people = new Map<ProfileId, Profile>();
  const unfinished = new Map<ProfileId, ProfileId>();
  for (const pointers of [index, origins]) {
    for (const [key, id] of pointers) {
      const way = wayToRoot(loaded, id);
      const root = way.at(-1);
      if (!root) continue;
      pointers.set(key, root.id);
      people.set(root.id, root);
      const halfDone =
        root.intent || root.split || way.some((person) => person !== root && !root.state.absorbed.has(person.id));
      if (halfDone) unfinished.set(root.id, id);
    }
  }
  return { index, origins, people, unfinished };
}

function keysOf(event: { readonly identifiers: readonly Identifier[]; readonly previousId?: string | undefined }) {
  const keys = event.identifiers.map(keyOf);
  return event.previousId === undefined ? keys : [...keys, keyOf(["userId", event.previousId])];
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

function wayToRoot(loaded: ReadonlyMap<ProfileId, Profile>, id: ProfileId): Profile[] {
  const way: Profile[] = [];
  for (let person = loaded.get(id); person; person = person.mergedInto && loaded.get(person.mergedInto)) {
    way.push(person);
  }
  return way;
}
