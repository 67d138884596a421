import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type CompiledLadder, hasKey } from "#domain/definitions/compile-membership.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { holdsIn, NEVER, untilOf } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { evaluateMemberships } from "./evaluate-memberships.ts";
import { explainAnswer } from "./explain-answer.ts";
import { type ForeseenChange, foreseeChange } from "./foresee-change.ts";
import { judgeMemberships } from "./judge-memberships.ts";
import { membershipHistory, type PastChange } from "./membership-history.ts";
import { warmingUntil } from "./warming.ts";

export interface MembershipExplanation {
  readonly holds: boolean;
  /** Absent where it does not hold. */
  readonly since?: number;
  readonly until: number;
  readonly definitionVersion: number;
  readonly because: Evidence[];
  /** What becomes of it with no new event. Absent: it stays as it is. */
  readonly foreseen?: ForeseenChange;
  /** The changes that are known of, newest first. */
  readonly history: readonly PastChange[];
  /** Of a tier: where the person stands, and what the next better tier takes. */
  readonly ladder?: LadderStand;
  /** The first instant from which the answer is complete (Infinity: a re-tiering run has to complete it). Absent: it is. */
  readonly warmingUntil?: number;
}

export interface LadderStand {
  readonly tier: string;
  /** Absent for who stands on the best. */
  readonly next?: { readonly tier: string; readonly because: readonly Evidence[] };
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
  const evaluated = evaluateMemberships(profile, now, bundle);
  const { memberships } = evaluated;
  const subject = judgeMemberships({ state: profile.state, memberships }, now, bundle);
  const answer = subject.answers.get(key) ?? NEVER;
  const since = memberships.get(key)?.since;
  const warming = warmingUntil(profile, membership, now, bundle);
  const foreseen = foreseeChange(profile, evaluated, now, bundle, key);
  return {
    holds: holdsIn(answer),
    ...(since !== undefined && { since }),
    until: untilOf(answer),
    definitionVersion: membership.version,
    because: explainAnswer(membership, key, subject),
    ...(foreseen && { foreseen }),
    history: membershipHistory(profile, membership, evaluated),
    ...(membership.kind === "ladder" && { ladder: standOn(membership, subject) }),
    ...(warming !== undefined && { warmingUntil: warming }),
  };
}

function standOn(ladder: CompiledLadder, subject: Subject): LadderStand {
  const index = ladder.tiers.findIndex(({ key }) => holdsIn(subject.answers.get(key) ?? NEVER));
  const better = ladder.tiers[index - 1];
  return {
    tier: ladder.tiers[index]?.name ?? "",
    ...(better && { next: { tier: better.name, because: explainAnswer(ladder, better.key, subject) } }),
  };
}
