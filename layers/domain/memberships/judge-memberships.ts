import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type {
  CompiledLadder,
  CompiledMembership,
  CompiledSegment,
  CompiledTag,
  CompiledValuedTag,
} from "#domain/definitions/compile-membership.ts";
import { hasKey, keysOf } from "#domain/definitions/compile-membership.ts";
import type { Membership, MembershipKey, Profile, ProfileState } from "#domain/profile/state.ts";
import { rankFeature } from "#domain/rules/leaves/prefers.ts";
import { valueKey } from "#domain/rules/membership-key.ts";
import { makeSubject, type Subject } from "#domain/rules/subject.ts";
import { ALWAYS, NEVER, type Verdict, verdict } from "#domain/rules/verdict.ts";
import { climbLadder } from "./climb-ladder.ts";

/** Judges every tag, segment and ladder of a bundle for one person at one instant, each after those that its rules name.
 *  `memberships` are those held so far: a ladder's `hold` depends on them. Those for which `stands` says so are answered
 *  as they were. The answers are in the subject. */
export function judgeMemberships(
  { state, memberships }: Pick<Profile, "state" | "memberships">,
  now: number,
  bundle: Pick<CompiledBundle, "memberships" | "calendar">,
  stands: (membership: CompiledMembership) => boolean = () => false,
): Subject {
  const answers = new Map<MembershipKey, Verdict>();
  const subject = makeSubject(state, now, bundle.calendar, answers);
  for (const membership of bundle.memberships) {
    if (stands(membership)) stand(membership, memberships, answers);
    else if (membership.kind === "ladder") judgeLadder(membership, subject, memberships, answers);
    else if (membership.kind === "valued") judgeValue(membership, subject, answers);
    else answers.set(membership.key, judgeOne(membership, subject));
  }
  return subject;
}

function stand(
  membership: CompiledMembership,
  held: ReadonlyMap<MembershipKey, Membership>,
  answers: Map<MembershipKey, Verdict>,
): void {
  if (membership.kind === "valued") {
    for (const key of held.keys()) if (hasKey(membership, key)) answers.set(key, ALWAYS);
    return;
  }
  for (const key of keysOf(membership)) answers.set(key, held.has(key) ? ALWAYS : NEVER);
}

function judgeOne(one: CompiledTag | CompiledSegment, subject: Subject): Verdict {
  if (one.rule) return one.rule.judge(subject);
  return byHand(one, subject.state)?.on ? ALWAYS : NEVER;
}

/** Time alone changes no order of preference: the favourite stands until an event comes. */
function judgeValue(
  { name, feature }: CompiledValuedTag,
  subject: Subject,
  answers: Map<MembershipKey, Verdict>,
): void {
  const [favourite] = rankFeature(subject, feature.id);
  if (favourite) answers.set(valueKey(name, favourite.value), ALWAYS);
}

function judgeLadder(
  ladder: CompiledLadder,
  subject: Subject,
  held: ReadonlyMap<MembershipKey, Membership>,
  answers: Map<MembershipKey, Verdict>,
): void {
  const { tier, until } = climbLadder(ladder, subject, held);
  for (const { key } of ladder.tiers) answers.set(key, verdict(key === tier.key, until));
}

/** Whether somebody put the person into it by hand or by import. Names of tags stand for themselves, and no tag's name
 *  has a colon. */
export function byHand(
  one: CompiledTag | CompiledSegment,
  state: ProfileState,
): { readonly on: boolean; readonly at: number; readonly by: string } | undefined {
  return state.manualTags.get(one.kind === "tag" ? one.name : one.key);
}
