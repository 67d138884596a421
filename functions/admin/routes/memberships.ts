import * as z from "zod";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import { explainMembership } from "#domain/memberships/explain-membership.ts";
import { suggestKeys } from "#domain/memberships/suggest-keys.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { writeInstant, writeInstantOrNull } from "#events/admin-api/answer.ts";
import { MemberCount, MemberPage, MembershipExplanation } from "#events/admin-api/memberships.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { findProfile } from "../find-profile.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

/** Counting by query costs one read unit for every hundred or so members: up to here it is worth it. */
const COUNTED_UP_TO = 10_000;

const tag = "Memberships";
const Key = z.string().min(1).max(512).meta({
  description: "Percent-encoded: `tag%3Afrequent-buyer`, `segment%3Awin-back`, `tier%3Avalue%3Dhigh`.",
  example: "tag:frequent-buyer",
});
/** Where a list of members goes on, as the Tags table says it. */
const Place = z.string().regex(/^\d{1,6}( p_[\w-]{1,64})?$/);

export const explainProfileMembership = defineRoute({
  method: "GET",
  path: "/admin/v1/profiles/{id}/memberships/{key}",
  role: "viewer",
  tag: "Profiles",
  summary: "Why a person is, or is not, in a tag, a segment or a tier",
  description: "Evaluated at this instant by the definitions in force; nothing is written.",
  params: z.object({ id: z.string(), key: Key }),
  answers: { 200: { description: "The answer and what it rests on.", schema: MembershipExplanation } },
  refusals: { 404: "profile_unknown, membership_unknown" },
  async handle({ params, now }, ports) {
    const profile = await findProfile(params.id, ports);
    const key = params.key as MembershipKey;
    const explanation = explainMembership(profile, now, await ports.inForce(), key);
    if (!explanation) throw unknownMembership(key, await ports.inForce());
    return { status: 200, body: { profileId: profile.id, key, ...viewExplanation(explanation) } };
  },
});

function viewExplanation(
  explained: NonNullable<ReturnType<typeof explainMembership>>,
): Omit<MembershipExplanation, "profileId" | "key"> {
  const { holds, since, until, definitionVersion, because, foreseen, history, ladder, warmingUntil } = explained;
  return {
    holds,
    since: writeInstantOrNull(since),
    until: writeInstantOrNull(until),
    definitionVersion,
    because,
    foreseen: foreseen
      ? {
          at: writeInstant(foreseen.at),
          holds: foreseen.holds,
          to: foreseen.to ?? null,
          because: [...foreseen.because],
        }
      : null,
    history: history.map(({ key, change, at, by = null }) => ({ key, change, at: writeInstant(at), by })),
    ...(ladder && {
      ladder: {
        tier: ladder.tier,
        next: ladder.next ? { tier: ladder.next.tier, because: [...ladder.next.because] } : null,
      },
    }),
    ...(warmingUntil !== undefined && { warming: { completeFrom: writeInstantOrNull(warmingUntil) } }),
  };
}

export const listMembers = defineRoute({
  method: "GET",
  path: "/admin/v1/memberships/{key}/members",
  role: "viewer",
  tag,
  summary: "List who is in a tag, a segment or a tier",
  params: z.object({ key: Key }),
  query: z.object(pageQuery({ default: 100, max: 1_000 })),
  answers: { 200: { description: "A page of people, in no particular order.", schema: MemberPage } },
  refusals: { 404: "membership_unknown" },
  async handle({ params, query }, ports) {
    const key = await knownKey(params.key, ports);
    const list = `members ${key}`;
    const after = readCursor(list, query.cursor, Place);
    const { members, cursor } = await ports.tags.members(key, {
      limit: query.limit,
      ...(after !== undefined && { cursor: after }),
    });
    const items = members.map(({ profileId, since }) => ({ profileId, since: writeInstant(since) }));
    return { status: 200, body: { items, cursor: cursor === undefined ? null : writeCursor(list, cursor) } };
  },
});

export const countMembers = defineRoute({
  method: "GET",
  path: "/admin/v1/memberships/{key}/count",
  role: "viewer",
  tag,
  summary: "Count who is in a tag, a segment or a tier",
  description:
    "Counted now while there are fewer than 10,000; beyond that the figure of the last exact scan, with exact: false and when it was taken.",
  params: z.object({ key: Key }),
  answers: { 200: { description: "The figure, and whether it is exact.", schema: MemberCount } },
  refusals: { 404: "membership_unknown" },
  async handle({ params, now }, ports) {
    const key = await knownKey(params.key, ports);
    const { count, complete } = await ports.tags.count(key, COUNTED_UP_TO);
    if (complete) return { status: 200, body: { key, count, exact: true, at: writeInstant(now) } };
    const last = await ports.metrics.lastMembershipCount(key);
    const figure = last ?? { count, at: now };
    return { status: 200, body: { key, count: figure.count, exact: false, at: writeInstant(figure.at) } };
  },
});

/** Throws AdminError 404 `membership_unknown` where no definition in force has the key. */
async function knownKey(text: string, { inForce }: Pick<AdminPorts, "inForce">): Promise<MembershipKey> {
  const key = text as MembershipKey;
  const bundle = await inForce();
  if (!bundle.memberships.some((membership) => hasKey(membership, key))) throw unknownMembership(text, bundle);
  return key;
}

function unknownMembership(key: string, bundle: CompiledBundle): AdminError {
  return new AdminError(404, "membership_unknown", `no definition in force has the key ${JSON.stringify(key)}`, {
    details: {
      near: suggestKeys(key, bundle),
      hint: "a key is such as tag:frequent-buyer, segment:win-back or tier:value=high; GET /admin/v1/definitions/tag lists the tags",
    },
  });
}
