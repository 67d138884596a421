import type { CompiledBundle, CompiledTag } from "#domain/definitions/compile-bundle.ts";
import type { Membership, MembershipKey, Profile } from "#domain/profile/state.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { ALWAYS, holdsIn, NEVER, untilOf, type Verdict } from "#domain/rules/verdict.ts";
import type { Evidence } from "#events/fact.ts";
import { judgeTags } from "./judge-tags.ts";

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
  /** In the order in which they happened. */
  readonly changes: MembershipChange[];
  /** The earliest instant at which any answer can differ with no new event; Infinity: none can. */
  readonly reviewAt: number;
}

/** Evaluates every tag in force for one person at `now`, against the memberships as they are stored. Doing it twice
 *  changes nothing. Where answers expired between the last look and now, each expiry is replayed in turn, so that a
 *  change's `since` is the instant of the expiry and not of the look.
 *
 *  A replay asks the state that is given: a writer that is about to fold newer events evaluates before folding them, and
 *  again after, or the replay would judge the past by what came later. Pure. */
export function evaluateMemberships(profile: Profile, now: number, bundle: CompiledBundle): EvaluatedMemberships {
  const memberships = new Map(profile.memberships);
  const changes: MembershipChange[] = [];

  let at = profile.reviewAt;
  for (let replayed = 0; at < now && replayed < MAX_REPLAYED; replayed++) {
    // A definition that changed since the last look was not in force at the expiry, and a hand may have moved after it:
    // such answers stand until now.
    const subject = judgeTags(profile.state, at, bundle, ({ key, version, rule }) =>
      version > profile.bundleVersion || !rule ? standing(memberships.has(key)) : undefined,
    );
    applyAnswers(memberships, changes, subject, bundle);
    at = earliestUntil(subject);
  }
  const subject = judgeTags(profile.state, now, bundle);
  applyAnswers(memberships, changes, subject, bundle);
  removeUndefined(memberships, changes, now, bundle);
  return { memberships, changes, reviewAt: earliestUntil(subject) };
}

function standing(held: boolean): Verdict {
  return held ? ALWAYS : NEVER;
}

function earliestUntil({ tags }: Subject): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const answer of tags.values()) earliest = Math.min(earliest, untilOf(answer));
  return earliest;
}

function applyAnswers(
  memberships: Map<MembershipKey, Membership>,
  changes: MembershipChange[],
  subject: Subject,
  bundle: CompiledBundle,
): void {
  for (const tag of bundle.tags) {
    const { key, version: definitionVersion } = tag;
    const answer = subject.tags.get(tag.name) ?? NEVER;
    const held = memberships.get(key);
    if (holdsIn(answer)) {
      const since = held?.since ?? enteredAt(tag, subject);
      memberships.set(key, { since, until: untilOf(answer), definitionVersion });
      if (!held) changes.push({ key, change: "entered", since, definitionVersion, because: explainTag(tag, subject) });
    } else if (held) {
      memberships.delete(key);
      const because = explainTag(tag, subject);
      changes.push({ key, change: "left", since: subject.now, definitionVersion, because });
    }
  }
}

/** A tag given by hand holds from when it was given; one by rule from when the rule was seen to hold. */
function enteredAt(tag: CompiledTag, { state, now }: Subject): number {
  return tag.rule ? now : Math.min(now, state.manualTags.get(tag.name)?.at ?? now);
}

/** Memberships whose definition is no longer there end now. */
function removeUndefined(
  memberships: Map<MembershipKey, Membership>,
  changes: MembershipChange[],
  now: number,
  bundle: CompiledBundle,
): void {
  const defined = new Set(bundle.tags.map(({ key }) => key));
  for (const [key, { definitionVersion }] of memberships) {
    if (defined.has(key)) continue;
    memberships.delete(key);
    changes.push({ key, change: "left", since: now, definitionVersion, because: [] });
  }
}

/** The evidence of one tag: of its rule, or of the hand that set it. */
export function explainTag(tag: CompiledTag, subject: Subject): Evidence[] {
  if (tag.rule) return tag.rule.evaluate(subject).because;
  const set = subject.state.manualTags.get(tag.name);
  const seen = set ? { on: set.on, by: set.by, at: new Date(set.at).toISOString() } : null;
  return [{ path: "manual", holds: set?.on ?? false, seen, wants: true }];
}
