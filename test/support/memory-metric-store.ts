import type { ExactCount, MetricStore } from "#domain/ports/metric-store.ts";
import type { MembershipKey } from "#domain/profile/state.ts";

/** Exact figures in memory. */
export function makeMemoryMetricStore(): MetricStore {
  const last = new Map<MembershipKey, ExactCount>();
  return {
    recordMembershipCounts: async (counts, at) => {
      for (const [key, count] of counts) last.set(key, { count, at });
    },
    lastMembershipCount: async (key) => last.get(key),
  };
}
