import { findLiving, settleLiving } from "#domain/identity/find-living.ts";
import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";

const PROFILE_ID = /^p_[\w-]{1,64}$/;

/** The person that this id leads to, through merges and un-merges; nothing is written. Throws AdminError 404
 *  `profile_unknown`. */
export async function findProfile(id: string, { profiles }: Pick<AdminPorts, "profiles">): Promise<Profile> {
  const profile = isProfileId(id) ? await findLiving(profiles, id) : undefined;
  return profile ?? unknown(id);
}

/** The same for whoever is about to write: merges and un-merges on the way are finished first. */
export async function settleProfile(id: string, ports: AdminPorts): Promise<Profile> {
  const profile = isProfileId(id) ? await settleLiving(splitPortsOf(ports), id) : undefined;
  return profile ?? unknown(id);
}

/** What identity resolution asks of the ports of administration, whose definitions are always those in force. */
export function splitPortsOf(ports: AdminPorts): SplitPorts {
  return { ...ports, definitions: { get: ports.inForce, atLeast: ports.inForceAtLeast } };
}

/** A text that is no id at all never reaches the store, whose keys have limits. */
function isProfileId(text: string): text is ProfileId {
  return PROFILE_ID.test(text);
}

function unknown(id: string): never {
  throw new AdminError(404, "profile_unknown", `there is no profile ${JSON.stringify(id)}`, {
    details: { hint: "find one by GET /admin/v1/profiles?identifier=type:value" },
  });
}
