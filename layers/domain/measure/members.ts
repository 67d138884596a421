import { hasKey } from "#domain/definitions/compile-membership.ts";
import type { Membership, MembershipKey } from "#domain/profile/state.ts";
import type { Figure } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { count, countOf, countValue, type Tally, valuesOf } from "./tally.ts";

/** Who is in each tag, segment and tier. Of a tag with more different values than a tally keeps, some are not counted. */
export function tallyMembers(
  tally: Tally,
  memberships: ReadonlyMap<MembershipKey, Membership>,
  { bundle }: Frame,
): void {
  for (const key of memberships.keys()) {
    if (bundle.membershipKeys.has(key)) count(tally, "member", key);
    else {
      const valued = bundle.memberships.find((one) => one.kind === "valued" && hasKey(one, key));
      if (valued) countValue(tally, valued.name, key);
    }
  }
}

/** People by membership key, zero where nobody is in it. */
export function memberCounts(tally: Tally, { bundle }: Frame): Map<MembershipKey, number> {
  const counts = new Map<MembershipKey, number>();
  for (const key of bundle.membershipKeys) counts.set(key, countOf(tally, "member", key));
  for (const { kind, name } of bundle.memberships) {
    if (kind !== "valued") continue;
    for (const [key, people] of valuesOf(tally, name)) counts.set(key as MembershipKey, people);
  }
  return counts;
}

export function memberFigures(counts: ReadonlyMap<MembershipKey, number>, { today }: Frame): Figure[] {
  return [...counts].map(([dimension, value]) => ({
    metric: "members",
    by: "membership",
    day: today,
    dimension,
    value,
    exact: true,
  }));
}
