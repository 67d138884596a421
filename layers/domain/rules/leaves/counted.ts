import type { FeatureSpec } from "../features.ts";
import type { CompiledLeaf } from "../leaf.ts";
import type { RuleSettings } from "../settings.ts";
import { type Accepts, type Favours, Tally } from "../tally.ts";
import { verdict } from "../verdict.ts";
import { parseWindow } from "../window.ts";

/** A leaf that reads one feature: over all time from its only bucket, within a window from those in it. */
export function compileCounted(
  feature: FeatureSpec,
  within: string | undefined,
  { accepts, favours }: { accepts: Accepts; favours: Favours },
  seen: (count: number, total: number) => number,
  settings: RuleSettings,
): CompiledLeaf {
  const { id } = feature;
  if (within === undefined) {
    return {
      judge({ state }) {
        const total = state.features.get(id)?.get(0) ?? 0;
        return verdict(accepts(total === 0 ? 0 : 1, total), Number.POSITIVE_INFINITY);
      },
      seen: ({ state }) => seen(0, state.features.get(id)?.get(0) ?? 0),
    };
  }
  const window = parseWindow(within, settings.calendar);
  const tally = new Tally(window);
  const nothing = verdict(accepts(0, 0), Number.POSITIVE_INFINITY);
  return {
    judge(subject) {
      const buckets = subject.state.features.get(id);
      if (buckets === undefined) return nothing;
      tally.begin(window.current(subject));
      for (const [bucket, value] of buckets) tally.add(bucket, value);
      return tally.judge(accepts, favours);
    },
    seen(subject) {
      tally.begin(window.current(subject));
      for (const [bucket, value] of subject.state.features.get(id) ?? []) tally.add(bucket, value);
      return seen(tally.count, tally.total);
    },
  };
}
