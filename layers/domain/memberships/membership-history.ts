import type { CompiledMembership } from "#domain/definitions/compile-membership.ts";
import { hasKey } from "#domain/definitions/compile-membership.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { tierKey } from "#domain/rules/membership-key.ts";
import type { EvaluatedMemberships } from "./evaluate-memberships.ts";
import { byHand } from "./judge-memberships.ts";

/** One change that is known of. */
export interface PastChange {
  readonly key: MembershipKey;
  readonly change: "entered" | "left";
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The token that put the person in by hand, or took it out. */
  readonly by?: string;
}

/** The changes of one membership that a profile knows of, newest first: of a ladder every step that it remembers, of what
 *  is set by hand the last time that it was, of all others since when they hold, and what has ended since the last look. */
export function membershipHistory(
  { state }: Pick<Profile, "state">,
  membership: CompiledMembership,
  { memberships, tierHistory, changes }: EvaluatedMemberships,
): PastChange[] {
  if (membership.kind === "ladder") {
    const steps = tierHistory.get(membership.name) ?? [];
    return steps
      .map(({ tier, at }): PastChange => ({ key: tierKey(membership.name, tier), change: "entered", at }))
      .toReversed();
  }
  const set = membership.kind === "valued" || membership.rule ? undefined : byHand(membership, state);
  if (set && membership.kind !== "valued") {
    return [{ key: membership.key, change: set.on ? "entered" : "left", at: set.at, by: set.by }];
  }
  const held = [...memberships]
    .filter(([key]) => hasKey(membership, key))
    .map(([key, { since }]): PastChange => ({ key, change: "entered", at: since }));
  const ended = changes
    .filter(({ key, change }) => change === "left" && hasKey(membership, key))
    .map(({ key, since }): PastChange => ({ key, change: "left", at: since }));
  return [...held, ...ended].toSorted((a, b) => b.at - a.at);
}
