import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { holdsIn, NEVER, untilOf } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { evaluateMemberships, explainTag } from "./evaluate-memberships.ts";
import { judgeTags } from "./judge-tags.ts";

export interface MembershipExplanation {
  readonly holds: boolean;
  /** Absent where it does not hold. */
  readonly since?: number;
  readonly until: number;
  readonly definitionVersion: number;
  readonly because: Evidence[];
}

/** Why a person is or is not in one membership at `now`, by the definitions in force and not by what is stored.
 *  Undefined where no definition has that key. Pure. */
export function explainMembership(
  profile: Profile,
  now: number,
  bundle: CompiledBundle,
  key: MembershipKey,
): MembershipExplanation | undefined {
  const tag = bundle.tags.find((candidate) => candidate.key === key);
  if (!tag) return undefined;
  const subject = judgeTags(profile.state, now, bundle);
  const answer = subject.tags.get(tag.name) ?? NEVER;
  const since = evaluateMemberships(profile, now, bundle).memberships.get(key)?.since;
  return {
    holds: holdsIn(answer),
    ...(since !== undefined && { since }),
    until: untilOf(answer),
    definitionVersion: tag.version,
    because: explainTag(tag, subject),
  };
}
