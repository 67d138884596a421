import * as z from "zod";
import { ManualTagAnswer } from "#events/admin-api/memberships.ts";
import type { AdminPorts } from "../ports.ts";
import { type Answer, defineRoute, type RouteInput } from "../route.ts";
import { type HandMove, setByHand } from "../set-by-hand.ts";

const tag = "Profiles";
const params = z.object({ id: z.string(), name: z.string().max(64) });
const refusalsOfTags = { 404: "profile_unknown, tag_unknown", 409: "tag_has_rule" };
const refusalsOfSegments = { 404: "profile_unknown, segment_unknown", 409: "segment_has_rule" };
const answers = { 200: { description: "So it is now.", schema: ManualTagAnswer } };

export const putManualTag = defineRoute({
  method: "PUT",
  path: "/admin/v1/profiles/{id}/tags/{name}",
  role: "operator",
  tag,
  summary: "Put a tag on a person by hand",
  description: "The tag must be defined and have no rule. Doing it twice changes nothing more.",
  params,
  answers,
  refusals: refusalsOfTags,
  handle: (input, ports) => move(input, { kind: "tag", on: true }, ports),
});

export const deleteManualTag = defineRoute({
  method: "DELETE",
  path: "/admin/v1/profiles/{id}/tags/{name}",
  role: "operator",
  tag,
  summary: "Take a tag that was put by hand off a person",
  params,
  answers,
  refusals: refusalsOfTags,
  handle: (input, ports) => move(input, { kind: "tag", on: false }, ports),
});

export const putStaticSegment = defineRoute({
  method: "PUT",
  path: "/admin/v1/profiles/{id}/segments/{name}",
  role: "operator",
  tag,
  summary: "Put a person into a static segment by hand",
  description: "The segment must be defined with `static: true`. Doing it twice changes nothing more.",
  params,
  answers,
  refusals: refusalsOfSegments,
  handle: (input, ports) => move(input, { kind: "segment", on: true }, ports),
});

export const deleteStaticSegment = defineRoute({
  method: "DELETE",
  path: "/admin/v1/profiles/{id}/segments/{name}",
  role: "operator",
  tag,
  summary: "Take a person out of a static segment by hand",
  params,
  answers,
  refusals: refusalsOfSegments,
  handle: (input, ports) => move(input, { kind: "segment", on: false }, ports),
});

async function move(
  input: RouteInput<z.infer<typeof params>, unknown, unknown>,
  what: Pick<HandMove, "kind" | "on">,
  ports: AdminPorts,
): Promise<Answer> {
  const { id: profileId, name } = input.params;
  const { profile, key, changed } = await setByHand(input, { profileId, name, ...what }, ports);
  return { status: 200, body: { profileId: profile.id, key, on: what.on, changed, version: profile.version } };
}
