import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { finishMerges } from "./merge-people.ts";
import { finishSplit, type SplitPorts } from "./split-people.ts";

/** Others may go on merging and taking apart while we follow; more turns than this are a fault of ours. */
const MAX_TURNS = 50;

/** Finds the living person that an id leads to: through merges to the winner, and through an un-merge to the one of the
 *  two people who has what this id had. Reads only: an un-merge whose two people are not there yet answers with the
 *  person as it was. Undefined where nobody has the id. */
export async function findLiving(profiles: Pick<ProfileStore, "load">, id: ProfileId): Promise<Profile | undefined> {
  const way = new Set<ProfileId>();
  let person: Profile | undefined;
  let next: ProfileId | undefined = id;
  while (next !== undefined) {
    if (way.has(next)) throw new Error(`the pointers of ${id} form a cycle`);
    way.add(next);
    const there: Profile | undefined = (await profiles.load([next])).get(next);
    if (!there) return person?.split ? person : undefined;
    person = there;
    next = successorOf(person, way);
  }
  return person;
}

/** Like `findLiving`, for whoever is about to write: every merge and un-merge on the way is brought to its end first. */
export async function settleLiving(ports: SplitPorts, id: ProfileId): Promise<Profile | undefined> {
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const found = await findLiving(ports.profiles, id);
    if (!found) return undefined;
    // Nothing to help: most people are in the middle of nothing.
    if (!found.intent && !found.split && found.mergedInto === undefined) return found;
    const root = await finishMerges(ports, found.id);
    if (root.split) await finishSplit(ports, root);
    else if (root.id === found.id) return root;
  }
  throw new Error(`${id} did not come to rest in ${MAX_TURNS} turns`);
}

function successorOf({ mergedInto, split }: Profile, way: ReadonlySet<ProfileId>): ProfileId | undefined {
  if (split) return way.has(split.loser) ? split.taken : split.kept;
  return mergedInto;
}
