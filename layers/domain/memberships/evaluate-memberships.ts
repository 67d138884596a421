import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type {
  CompiledLadder,
  CompiledMembership,
  CompiledSegment,
  CompiledTag,
  CompiledValuedTag,
} from "#domain/definitions/compile-membership.ts";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import type { Membership, MembershipKey, Profile, TierHistory } from "#domain/profile/state.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { holdsIn, NEVER, untilOf } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { explainAnswer } from "./explain-answer.ts";
import { byHand, judgeMemberships } from "./judge-memberships.ts";
import { noteTier } from "./tier-history.ts";

/** Expiries replayed for one person at one look. Each is a bucket, an order or a day leaving a window, so a person has
 *  no more than a few hundred; past the bound the rest is seen as it is now. */
const MAX_REPLAYED = 1000;

export interface MembershipChange {
  readonly key: MembershipKey;
  readonly change: "entered" | "left";
  /** The instant from which it held, or no longer held: milliseconds since 1970. */
  readonly since: number;
  readonly definitionVersion: number;
  readonly because: Evidence[];
}

export interface EvaluatedMemberships {
  readonly memberships: ReadonlyMap<MembershipKey, Membership>;
  readonly tierHistory: TierHistory;
  /** In the order in which they happened. */
  readonly changes: MembershipChange[];
  /** The earliest instant at which any answer can differ with no new event; Infinity: none can. */
  readonly reviewAt: number;
}

/** What an evaluation writes as it goes. */
interface Writing {
  readonly memberships: Map<MembershipKey, Membership>;
  readonly changes: MembershipChange[];
  tierHistory: TierHistory;
}

/** Evaluates every tag, segment and ladder in force for one person at `now`, against the memberships as they are stored.
 *  Doing it twice changes nothing. Where answers expired between the last look and now, each expiry is replayed in turn,
 *  so that a change's `since` is the instant of the expiry and not of the look.
 *
 *  A replay asks the state that is given: a writer that is about to fold newer events evaluates before folding them, and
 *  again after, or the replay would judge the past by what came later. Pure. */
export function evaluateMemberships(profile: Profile, now: number, bundle: CompiledBundle): EvaluatedMemberships {
  const { state, bundleVersion, tierHistory = new Map() } = profile;
  const writing: Writing = { memberships: new Map(profile.memberships), changes: [], tierHistory };
  const { memberships, changes } = writing;

  let at = profile.reviewAt;
  for (let replayed = 0; at < now && replayed < MAX_REPLAYED; replayed++) {
    // A definition that changed since the last look was not in force at the expiry, and a hand may have moved after it:
    // such answers stand until now.
    const subject = judgeMemberships(
      { state, memberships },
      at,
      bundle,
      (membership) => membership.version > bundleVersion || isByHand(membership),
    );
    applyAnswers(writing, subject, bundle);
    at = earliestUntil(subject);
  }
  const subject = judgeMemberships({ state, memberships }, now, bundle);
  applyAnswers(writing, subject, bundle);
  removeUndefined(writing, now, bundle);
  return { memberships, changes, tierHistory: writing.tierHistory, reviewAt: earliestUntil(subject) };
}

function isByHand(membership: CompiledMembership): boolean {
  return (membership.kind === "tag" || membership.kind === "segment") && !membership.rule;
}

function earliestUntil({ answers }: Subject): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const answer of answers.values()) earliest = Math.min(earliest, untilOf(answer));
  return earliest;
}

function applyAnswers(writing: Writing, subject: Subject, bundle: CompiledBundle): void {
  for (const membership of bundle.memberships) {
    if (membership.kind === "ladder") applyLadder(writing, membership, subject);
    else if (membership.kind === "valued") applyValue(writing, membership, subject);
    else if (holdsIn(subject.answers.get(membership.key) ?? NEVER)) {
      enter(writing, membership, membership.key, enteredAt(membership, subject), subject);
    } else leave(writing, membership, membership.key, subject);
  }
}

/** A person leaves one favourite before entering the next. */
function applyValue(writing: Writing, tag: CompiledValuedTag, subject: Subject): void {
  for (const key of writing.memberships.keys()) {
    if (hasKey(tag, key) && !subject.answers.has(key)) leave(writing, tag, key, subject);
  }
  for (const key of subject.answers.keys() as MapIterator<MembershipKey>) {
    if (hasKey(tag, key)) enter(writing, tag, key, subject.now, subject);
  }
}

/** A person leaves one tier before entering the next. */
function applyLadder(writing: Writing, ladder: CompiledLadder, subject: Subject): void {
  for (const { key } of ladder.tiers) {
    if (!holdsIn(subject.answers.get(key) ?? NEVER)) leave(writing, ladder, key, subject);
  }
  for (const { key, name } of ladder.tiers) {
    if (!holdsIn(subject.answers.get(key) ?? NEVER)) continue;
    const isNew = enter(writing, ladder, key, subject.now, subject);
    if (isNew) writing.tierHistory = noteTier(writing.tierHistory, ladder.name, { tier: name, at: subject.now });
  }
}

/** True where the person was not in it yet. */
function enter(
  { memberships, changes }: Writing,
  membership: CompiledMembership,
  key: MembershipKey,
  at: number,
  subject: Subject,
): boolean {
  const held = memberships.get(key);
  const since = held?.since ?? at;
  const definitionVersion = membership.version;
  memberships.set(key, { since, until: untilOf(subject.answers.get(key) ?? NEVER), definitionVersion });
  if (held) return false;
  const because = explainAnswer(membership, key, subject);
  changes.push({ key, change: "entered", since, definitionVersion, because });
  return true;
}

function leave(
  { memberships, changes }: Writing,
  membership: CompiledMembership,
  key: MembershipKey,
  subject: Subject,
): void {
  if (!memberships.delete(key)) return;
  const because = explainAnswer(membership, key, subject);
  changes.push({ key, change: "left", since: subject.now, definitionVersion: membership.version, because });
}

/** What is given by hand holds from when it was given; what is ruled from when the rule was seen to hold. */
function enteredAt(one: CompiledTag | CompiledSegment, { state, now }: Subject): number {
  return one.rule ? now : Math.min(now, byHand(one, state)?.at ?? now);
}

/** Memberships whose definition is no longer there end now, and with a ladder its history. */
function removeUndefined(writing: Writing, now: number, bundle: CompiledBundle): void {
  const { memberships, changes } = writing;
  for (const [key, { definitionVersion }] of memberships) {
    if (bundle.membershipKeys.has(key) || bundle.memberships.some((membership) => hasKey(membership, key))) continue;
    memberships.delete(key);
    changes.push({ key, change: "left", since: now, definitionVersion, because: [] });
  }
  for (const ladder of writing.tierHistory.keys()) {
    if (bundle.memberships.some(({ kind, name }) => kind === "ladder" && name === ladder)) continue;
    writing.tierHistory = new Map([...writing.tierHistory].filter(([name]) => name !== ladder));
  }
}
