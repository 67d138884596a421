import * as z from "zod";
import { isIdentifierType } from "#domain/identity/identifier.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { IdentifierKey, Profile } from "#domain/profile/state.ts";
import { splitIdentifier, viewProfile } from "#domain/profile/view.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { AdminError } from "../admin-error.ts";
import { findProfile } from "../find-profile.ts";
import type { AdminPorts } from "../ports.ts";
import { type Answer, defineRoute } from "../route.ts";

const answers = { 200: { description: "The person, with memberships as of now.", schema: ProfileView } };

export const getProfileByIdentifier = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles",
  role: "viewer",
  tag: "Profiles",
  summary: "Find a person by an identifier",
  description: "The value is normalised as collection does it: ` Ann@Example.com ` finds ann@example.com.",
  query: z.object({
    identifier: z.string().meta({ description: "`type:value`.", example: "email:ann@example.com" }),
  }),
  answers,
  refusals: { 400: "identifier_invalid", 404: "profile_unknown" },
  async handle({ query, now }, ports) {
    const key = await readIdentifier(query.identifier, ports);
    const id = (await ports.identities.find([key])).get(key);
    if (id === undefined) throw new AdminError(404, "profile_unknown", `nobody has the identifier ${key}`);
    return answerProfile(await findProfile(id, ports), now, ports);
  },
});

export const getProfile = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}",
  role: "viewer",
  tag: "Profiles",
  summary: "Read a person",
  description:
    "Memberships are evaluated at this instant and nothing is written. A merged id answers with the winner; one that was taken apart, with whoever has what it had.",
  params: z.object({ id: z.string() }),
  answers,
  refusals: { 404: "profile_unknown" },
  async handle({ params, now }, ports) {
    return answerProfile(await findProfile(params.id, ports), now, ports);
  },
});

async function answerProfile(profile: Profile, now: number, ports: AdminPorts): Promise<Answer> {
  const bundle = await ports.inForce();
  const { memberships, tierHistory } = evaluateMemberships(profile, now, bundle);
  return { status: 200, body: viewProfile({ ...profile, tierHistory }, memberships, bundle) };
}

/** The key under which collection filed the identifier. Throws AdminError 400 `identifier_invalid`. */
async function readIdentifier(text: string, ports: AdminPorts): Promise<IdentifierKey> {
  const invalid = (message: string) =>
    new AdminError(400, "identifier_invalid", message, {
      details: { faults: [{ path: "query.identifier", code: "identifier_invalid", message }] },
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
