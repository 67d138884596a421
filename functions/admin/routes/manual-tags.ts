import * as z from "zod";
import { tagKey } from "#domain/rules/membership-key.ts";
import { ManualTagAnswer } from "#events/admin-api/memberships.ts";
import type { AdminPorts } from "../ports.ts";
import { type Answer, defineRoute, type RouteInput } from "../route.ts";
import { setManualTag } from "../set-manual-tag.ts";

const params = z.object({ id: z.string(), name: z.string().max(64) });
const refusals = { 404: "profile_unknown, tag_unknown", 409: "tag_has_rule" };
const answers = { 200: { description: "So it is now.", schema: ManualTagAnswer } };

export const putManualTag = defineRoute({
  method: "PUT",
  path: "/admin/v1/profiles/{id}/tags/{name}",
  role: "operator",
  tag: "Profiles",
  summary: "Put a tag on a person by hand",
  description: "The tag must be defined and have no rule. Doing it twice changes nothing more.",
  params,
  answers,
  refusals,
  handle: (input, ports) => answerManualTag(input, true, ports),
});

export const deleteManualTag = defineRoute({
  method: "DELETE",
  path: "/admin/v1/profiles/{id}/tags/{name}",
  role: "operator",
  tag: "Profiles",
  summary: "Take a tag that was put by hand off a person",
  params,
  answers,
  refusals,
  handle: (input, ports) => answerManualTag(input, false, ports),
});

async function answerManualTag(
  input: RouteInput<z.infer<typeof params>, unknown, unknown>,
  on: boolean,
  ports: AdminPorts,
): Promise<Answer> {
  const { id, name } = input.params;
  const { profile, changed } = await setManualTag(input, { profileId: id, name, on }, ports);
  return {
    status: 200,
    body: { profileId: profile.id, key: tagKey(name), on, changed, version: profile.version },
  };
}
