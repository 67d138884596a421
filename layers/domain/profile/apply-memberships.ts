import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Fact, MembershipFact } from "#events/fact.ts";
import type { MembershipKey, Profile } from "./state.ts";

type Change = Partial<Pick<Profile, "state" | "intent" | "filledTo">>;

const MINUTE_MS = 60_000;

/** Makes the next version of a profile: evaluates its memberships on the changed state, and puts into its outbox what
 *  changed behind what is `owed` already. The outbox of `before` must be published: it is not carried over. Where the
 *  earliest answer expires before the review timer falls due, `timerAt` names a new one (`saveProfile`). Pure. */
export function nextVersion(
  before: Profile,
  changed: Change,
  clock: number,
  bundle: CompiledBundle,
  owed: readonly Fact[] = [],
): Profile {
  // A worker's clock may run behind the one that received the newest event: nothing is judged before it happened.
  const now = Math.max(clock, (changed.state ?? before.state).newestReceivedAt);
  const version = before.version + 1;
  // An answer that expired before now is settled on the state in which it expired: `since` is then that instant.
  const settled =
    before.reviewAt <= now
      ? evaluateMemberships(before, now, bundle)
      : { changes: [], memberships: before.memberships, tierHistory: before.tierHistory ?? new Map() };
  const { memberships, tierHistory, changes, reviewAt } = evaluateMemberships(
    { ...before, ...changed, memberships: settled.memberships, tierHistory: settled.tierHistory, reviewAt: Infinity },
    now,
    bundle,
  );
  const facts = [...settled.changes, ...changes].map(
    (change, n): MembershipFact => ({
      kind: "membership",
      factId: `${before.id}:${version}:${n}`,
      profileId: before.id,
      version,
      at: now,
      ...change,
    }),
  );
  const outbox = [...owed, ...facts];
  const timerAt = timerFor(before.timerAt, reviewAt, now);
  return {
    ...before,
    ...changed,
    version,
    memberships,
    tierHistory,
    reviewAt,
    timerAt,
    bundleVersion: bundle.version,
    outbox,
  };
}

/** Timers are lazy: one that falls due early is left as it is, for `wake` to move when it comes to it. What expires within
 *  this minute is seen to in the next, since this minute's wake may be over. */
function timerFor(timerAt: number | undefined, reviewAt: number, now: number): number | undefined {
  if (reviewAt === Infinity || (timerAt !== undefined && timerAt <= reviewAt)) return timerAt;
  return Math.max(reviewAt, nextMinute(now));
}

/** The start of the minute after `now`. */
export function nextMinute(now: number): number {
  return (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS;
}

/** The facts that take a person out of everything, as of the version after its last: it will have no later one. */
export function leaveEverything(person: Profile, now: number): MembershipFact[] {
  const version = person.version + 1;
  return Array.from(
    person.memberships,
    ([key, { definitionVersion }]: [MembershipKey, { definitionVersion: number }], n): MembershipFact => ({
      kind: "membership",
      factId: `${person.id}:${version}:${n}`,
      profileId: person.id,
      version,
      at: now,
      key,
      change: "left",
      since: now,
      definitionVersion,
      because: [],
    }),
  );
}
