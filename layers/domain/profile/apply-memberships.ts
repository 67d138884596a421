import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import type { Fact } from "#events/fact.ts";
import type { Profile } from "./state.ts";

/** Evaluates the memberships of a profile and makes its next version: what changed becomes facts in its outbox. Where
 *  nothing else changed and nothing is owed, the caller may see that by `facts` and keep the old version. Pure. */
export function nextVersion(
  before: Profile,
  changed: Partial<Pick<Profile, "state" | "mergedInto">>,
  now: number,
  bundle: CompiledBundle,
): Profile {
  const version = before.version + 1;
  const state = changed.state ?? before.state;
  // An answer that expired before now is settled on the state in which it expired: `since` is then that instant.
  const settled =
    before.reviewAt <= now
      ? evaluateMemberships(before, now, bundle)
      : { changes: [], memberships: before.memberships };
  const { memberships, changes, reviewAt } = evaluateMemberships(
    { ...before, ...changed, state, memberships: settled.memberships, reviewAt: Infinity },
    now,
    bundle,
  );
  const facts = [...settled.changes, ...changes].map(
    (change, n): Fact => ({
      kind: "membership",
      factId: `${before.id}:${version}:${n}`,
      profileId: before.id,
      version,
      at: now,
      ...change,
    }),
  );
  return { ...before, ...changed, state, version, memberships, reviewAt, bundleVersion: bundle.version, outbox: facts };
}
