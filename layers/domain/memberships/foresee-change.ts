import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import type { Evidence } from "#events/fact.ts";
import { type EvaluatedMemberships, evaluateMemberships } from "./evaluate-memberships.ts";

/** Longer than any window and any year: what has not changed by then does not change on its own. */
const HORIZON_MS = 800 * 86_400_000;

/** What an answer becomes if nothing more happens. */
export interface ForeseenChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly holds: boolean;
  /** Of a ladder: the tier that the person would stand on instead. */
  readonly to?: MembershipKey;
  /** What decides it then. */
  readonly because: readonly Evidence[];
}

/** The first change of one membership that needs no new event, seen from what was evaluated at this instant: an `until` is
 *  when an answer can differ, this is when it does. Undefined where none is to come. Pure. */
export function foreseeChange(
  profile: Profile,
  evaluated: EvaluatedMemberships,
  now: number,
  bundle: CompiledBundle,
  key: MembershipKey,
): ForeseenChange | undefined {
  const end = now + HORIZON_MS;
  const { memberships, tierHistory, reviewAt } = evaluated;
  const standing = { ...profile, memberships, tierHistory, reviewAt, bundleVersion: bundle.version };
  const { changes } = evaluateMemberships(standing, end, bundle);
  const change = changes.find((candidate) => candidate.key === key);
  if (!change || change.since >= end) return undefined;
  const { since: at, because } = change;
  const holds = change.change === "entered";
  const membership = bundle.memberships.find((candidate) => hasKey(candidate, key));
  const instead = changes.find(
    (other) => other.since === at && other.change === "entered" && membership && hasKey(membership, other.key),
  );
  return { at, holds, because, ...(!holds && instead && { to: instead.key }) };
}
