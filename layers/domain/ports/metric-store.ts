import type { MembershipKey } from "#domain/profile/state.ts";

/** How many people held a membership when everyone was last counted. */
export interface ExactCount {
  readonly count: number;
  /** When the counting began: milliseconds since 1970. */
  readonly at: number;
}

export interface MetricStore {
  recordMembershipCounts(counts: ReadonlyMap<MembershipKey, number>, at: number): Promise<void>;
  /** The last exact figure; undefined where nobody has ever been counted. */
  lastMembershipCount(key: MembershipKey): Promise<ExactCount | undefined>;
}
