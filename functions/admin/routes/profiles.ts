import * as z from "zod";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Profile } from "#domain/profile/state.ts";
import { viewProfile } from "#domain/profile/view.ts";
import { ProfileView } from "#events/admin-api/profile-view.ts";
import { findByIdentifier, findProfile } from "../find-profile.ts";
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
    return answerProfile(await findByIdentifier(query.identifier, "query.identifier", ports), now, ports);
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
