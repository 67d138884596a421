import * as z from "zod";
import { UnmergeError, unmerge } from "#domain/identity/split-people.ts";
import type { IdentityConflict as Conflict } from "#domain/ports/conflict-store.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import {
  type IdentityConflict,
  IdentityConflictPage,
  UnmergeAnswer,
  UnmergeRequest,
} from "#events/admin-api/identity.ts";
import { pageQuery } from "#events/admin-api/page-query.ts";
import { AdminError } from "../admin-error.ts";
import { auditChange } from "../audit-change.ts";
import { readCursor, writeCursor } from "../cursor.ts";
import { settleProfile, splitPortsOf } from "../find-profile.ts";
import type { AdminPorts } from "../ports.ts";
import { defineRoute } from "../route.ts";

export const unmergeProfile = defineRoute({
  method: "POST",
  path: "/admin/v1/profiles/{id}/unmerge",
  role: "operator",
  tag: "Profiles",
  summary: "Take a wrong merge apart",
  description:
    "Both people are rebuilt from their own events, each event with whoever held its strongest identifier before the merge, under new ids; the old ids lead to them. The link that had joined them will not join them again. Asking again answers the same. Possible while the behaviour log holds all events of both.",
  params: z.object({ id: z.string() }),
  body: UnmergeRequest,
  answers: { 200: { description: "The two people.", schema: UnmergeAnswer } },
  refusals: { 404: "profile_unknown", 409: "not_merged, events_not_retained", 503: "unmerge_contended" },
  async handle(input, ports) {
    const loser = input.body.profileId as ProfileId;
    const person = await settleProfile(input.params.id, ports);
    // A person who was taken apart already is named by the old id: asking again gives the same answer.
    const id = person.state.absorbed.has(loser) ? person.id : (input.params.id as ProfileId);
    const what = { action: "profile.unmerge", target: id, details: { unmerged: loser } };
    const { kept, taken } = await auditChange(input, what, ports, async () => {
      const result = await unmergeOnce(id, loser, ports);
      return { result, details: { unmerged: loser, kept: result.kept, taken: result.taken } };
    });
    return { status: 200, body: { kept, taken } };
  },
});

async function unmergeOnce(id: ProfileId, loser: ProfileId, ports: AdminPorts): Promise<NonNullable<Profile["split"]>> {
  try {
    const split = await unmerge(splitPortsOf(ports), id, loser);
    if (split) return split;
    throw new UnmergeError("not_merged", `${loser} was not merged into ${id}`);
  } catch (cause) {
    if (!(cause instanceof UnmergeError)) throw cause;
    const { code, message } = cause;
    if (code === "unmerge_contended") {
      throw new AdminError(503, code, `${message}; try again`, { headers: { "retry-after": "1" }, cause });
    }
    const hint = code === "not_merged" ? { details: { hint: "mergedFrom of the profile lists who was" } } : {};
    throw new AdminError(409, code, message, { ...hint, cause });
  }
}

/** Where the list goes on: a reason and an identifier. */
const Place = z.string().min(1).max(1_024);

export const listConflicts = defineRoute({
  method: "GET",
  path: "/admin/v1/identity/conflicts",
  role: "viewer",
  tag: "Identity",
  summary: "List the links between people that were refused",
  description:
    "What events tried to link and could not, added up by reason and identifier: a device that many share, an address on too many people. Forgotten 90 days after the last such event.",
  query: z.object(pageQuery({ default: 50, max: 200 })),
  answers: { 200: { description: "A page of refused links.", schema: IdentityConflictPage } },
  async handle({ query }, ports) {
    const after = readCursor("conflicts", query.cursor, Place);
    const { conflicts, cursor } = await ports.conflicts.list({
      limit: query.limit,
      ...(after !== undefined && { cursor: after }),
    });
    const items = conflicts.map(viewConflict);
    return { status: 200, body: { items, cursor: cursor === undefined ? null : writeCursor("conflicts", cursor) } };
  },
});

function viewConflict({ key, reason, owner, count, at }: Conflict): IdentityConflict {
  return { identifier: splitIdentifier(key), reason, profileId: owner, count, at: writeInstant(at) };
}
