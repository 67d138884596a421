import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { holdsIn, NEVER, untilOf } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { evaluateMemberships } from "./evaluate-memberships.ts";
import { explainAnswer } from "./explain-answer.ts";
import { judgeMemberships } from "./judge-memberships.ts";
import { warmingUntil } from "./warming.ts";

export interface MembershipExplanation {
  readonly holds: boolean;
  /** Absent where it does not hold. */
  readonly since?: number;
  readonly until: number;
  readonly definitionVersion: number;
  readonly because: Evidence[];
  /** The first instant from which the answer is complete (Infinity: a re-tiering run has to complete it). Absent: it is. */
  readonly warmingUntil?: number;
}

/** Why a person is or is not in one membership at `now`, by the definitions in force and not by what is stored. Where it
 *  does not hold, the evidence is what is missing. Undefined where no definition has that key. Pure. */
export function explainMembership(
  profile: Profile,
  now: number,
  bundle: CompiledBundle,
  key: MembershipKey,
): MembershipExplanation | undefined {
  const membership = bundle.memberships.find((candidate) => hasKey(candidate, key));
  if (!membership) return undefined;
  const { memberships } = evaluateMemberships(profile, now, bundle);
  const subject = judgeMemberships({ state: profile.state, memberships }, now, bundle);
  const answer = subject.answers.get(key) ?? NEVER;
  const since = memberships.get(key)?.since;
  const warming = warmingUntil(profile, membership, now, bundle);
  return {
    holds: holdsIn(answer),
    ...(since !== undefined && { since }),
    until: untilOf(answer),
    definitionVersion: membership.version,
    because: explainAnswer(membership, key, subject),
    ...(warming !== undefined && { warmingUntil: warming }),
  };
}
