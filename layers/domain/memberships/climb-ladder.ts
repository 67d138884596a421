import type { CompiledLadder, CompiledTier } from "#domain/definitions/compile-membership.ts";
import type { Membership, MembershipKey } from "#domain/profile/state.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { ALWAYS, holdsIn, untilOf } from "#domain/rules/verdict.ts";

export interface Stand {
  readonly tier: CompiledTier;
  /** The first instant at which the tier can be another with no new event. */
  readonly until: number;
}

/** The tier of a person: the first whose rule holds, the last where none does. Within `hold` of the last change nobody
 *  falls, so that a person whose tier no longer holds keeps it until then, unless a better one holds. */
export function climbLadder(
  { tiers, holdMs }: CompiledLadder,
  subject: Subject,
  held: ReadonlyMap<MembershipKey, Membership>,
): Stand {
  let risesAt = Number.POSITIVE_INFINITY;
  for (const tier of tiers) {
    const answer = tier.rule?.judge(subject) ?? ALWAYS;
    const since = holdMs > 0 ? held.get(tier.key)?.since : undefined;
    if (holdsIn(answer)) {
      const heldUntil = holdMs > 0 ? (since ?? subject.now) + holdMs : 0;
      return { tier, until: Math.min(risesAt, Math.max(untilOf(answer), heldUntil)) };
    }
    const heldUntil = since === undefined ? 0 : since + holdMs;
    if (subject.now < heldUntil) return { tier, until: Math.min(risesAt, heldUntil) };
    risesAt = Math.min(risesAt, untilOf(answer));
  }
  throw new RangeError("a ladder whose last tier has a rule: the schema refuses it");
}
