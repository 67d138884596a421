import { findLiving, settleLiving } from "#domain/identity/find-living.ts";
import { isIdentifierType } from "#domain/identity/identifier.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import type { SplitPorts } from "#domain/identity/split-people.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";
import { AdminError } from "./admin-error.ts";
import type { AdminPorts } from "./ports.ts";

const PROFILE_ID = /^p_[\w-]{1,64}$/;

/** The person that this id leads to, through merges and un-merges; nothing is written. Throws AdminError 404
 *  `profile_unknown`. */
export async function findProfile(id: string, { profiles }: Pick<AdminPorts, "profiles">): Promise<Profile> {
  const profile = isProfileId(id) ? await findLiving(profiles, id) : undefined;
  return profile ?? unknown(id);
}

/** The person who has an identifier, whose value is normalised as collection does it; `path` is where it was asked for.
 *  Throws AdminError 400 `identifier_invalid`, 404 `profile_unknown`. */
export async function findByIdentifier(
  text: string,
  path: string,
  ports: Pick<AdminPorts, "inForce" | "identities" | "profiles">,
): Promise<Profile> {
  const key = await readIdentifier(text, path, ports);
  const id = (await ports.identities.find([key])).get(key);
  if (id === undefined) throw new AdminError(404, "profile_unknown", `nobody has the identifier ${key}`);
  return findProfile(id, ports);
}

/** The key under which collection filed the identifier. Throws AdminError 400 `identifier_invalid`. */
async function readIdentifier(text: string, path: string, ports: Pick<AdminPorts, "inForce">): Promise<IdentifierKey> {
  const invalid = (message: string) =>
    new AdminError(400, "identifier_invalid", message, {
      details: { faults: [{ path, code: "identifier_invalid", message }] },
    });
  const { project } = await ports.inForce();
  const { type, value } = splitIdentifier(text);
  if (!isIdentifierType(type, project.identityTypes)) {
    throw invalid("an identifier is type:value, such as email:ann@example.com; this type is not one of the project's");
  }
  const normalised = normaliseIdentifier(type, value, project.region);
  if (normalised.kind === "absent") throw invalid("the value is empty");
  if (normalised.kind === "unusable") throw invalid(`nobody can have this ${type}: ${normalised.code}`);
  return `${type}:${normalised.value}` as IdentifierKey;
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
