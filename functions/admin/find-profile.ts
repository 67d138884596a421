import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";

/** Merges always point to an older person, so a longer chain than this is a fault of ours, not of the data. */
const MAX_HOPS = 64;

const PROFILE_ID = /^p_[\w-]{1,64}$/;

/** The person with this id, or the one into whom it was merged. Throws AdminError 404 `profile_unknown`. */
export async function findProfile(id: string, { profiles }: Pick<AdminPorts, "profiles">): Promise<Profile> {
  // A text that is no id at all never reaches the store, whose keys have limits.
  let next: ProfileId | undefined = PROFILE_ID.test(id) ? (id as ProfileId) : undefined;
  for (let hop = 0; next !== undefined && hop < MAX_HOPS; hop++) {
    const asked: ProfileId = next;
    const profile: Profile | undefined = (await profiles.load([asked])).get(asked);
    if (!profile) break;
    if (profile.mergedInto === undefined) return profile;
    next = profile.mergedInto;
  }
  throw new AdminError(404, "profile_unknown", `there is no profile ${JSON.stringify(id)}`, {
    details: { hint: "find one by GET /admin/v1/profiles?identifier=type:value" },
  });
}
