import { type CompiledMembership, hasKey, keysOf } from "#domain/definitions/compile-membership.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Membership, MembershipKey, Profile, ProfileState } from "#domain/profile/state.ts";
import type { Evidence } from "#events/fact.ts";
import type { PreviewPlan } from "./plan-preview.ts";

/** Where a person stands in one definition, and where it would: of a tag or a segment its key or nothing, of a ladder a
 *  tier, of a tag with values one of them. */
export interface Move {
  readonly from: MembershipKey | null;
  readonly to: MembershipKey | null;
  /** What the new answer rests on; empty where nothing moves. */
  readonly because: readonly Evidence[];
}

/** What a change would do to one person at `clock`: a move for each target of the plan, in its order. Before is what the
 *  definitions in force answer now; after is what a re-tiering run would find just then, on `filled`: the state in which
 *  features that are not kept yet have been counted. Pure. */
export function findMoves(profile: Profile, filled: ProfileState, clock: number, plan: PreviewPlan): Move[] {
  // As for every writer: nothing is judged before it happened.
  const now = Math.max(clock, profile.state.newestReceivedAt);
  const settled = evaluateMemberships(profile, now, plan.before);
  const next = evaluateMemberships(
    { ...profile, ...settled, state: filled, bundleVersion: plan.before.version, reviewAt: Infinity },
    now,
    plan.after,
  );
  return plan.targets.map(({ before, after }): Move => {
    const from = before ? standOn(before, settled.memberships) : null;
    const to = after ? standOn(after, next.memberships) : null;
    const moved = from === to ? undefined : (to ?? from);
    const because = next.changes.findLast(({ key }) => key === moved)?.because ?? [];
    return { from, to, because };
  });
}

function standOn(membership: CompiledMembership, held: ReadonlyMap<MembershipKey, Membership>): MembershipKey | null {
  if (membership.kind !== "valued") return keysOf(membership).find((key) => held.has(key)) ?? null;
  for (const key of held.keys()) if (hasKey(membership, key)) return key;
  return null;
}
