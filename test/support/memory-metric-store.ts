import type { Figure } from "#domain/measure/figure.ts";
import type { ExactCount, MetricStore, RecordedFigure } from "#domain/ports/metric-store.ts";
import type { MembershipKey } from "#domain/profile/state.ts";

/** Exact figures in memory. */
export function makeMemoryMetricStore(): MetricStore {
  const last = new Map<MembershipKey, ExactCount>();
  const recorded = new Map<string, Figure & { at: number }>();
  return {
    recordMembershipCounts: async (counts, at) => {
      for (const [key, count] of counts) last.set(key, { count, at });
    },
    lastMembershipCount: async (key) => last.get(key),
    record: async (figures, at) => {
      for (const figure of figures) {
        const { metric, by, day, dimension } = figure;
        recorded.set(JSON.stringify([metric, by, day, dimension]), { ...figure, at });
      }
    },
    series: async (key, { from, to }) =>
      [...recorded.values()]
        .filter(({ metric, by, day }) => metric === key.metric && by === key.by && day >= from && day <= to)
        .map(({ metric: _metric, by: _by, ...figure }): RecordedFigure => figure)
        .toSorted((a, b) => a.day - b.day || (a.dimension < b.dimension ? -1 : 1)),
  };
}
