import type { ProfileState } from "./state.ts";

const NO_ENTRIES: ReadonlyMap<never, never> = new Map<never, never>();
const NOTHING: ReadonlySet<never> = new Set<never>();

/** The state of a person of whom nothing is known: the neutral element of `mergeStates`. */
export function emptyState(): ProfileState {
  return {
    identifiers: NO_ENTRIES,
    absorbed: NOTHING,
    separated: NOTHING,
    platforms: NO_ENTRIES,
    traits: NO_ENTRIES,
    activeDays: NOTHING,
    features: NO_ENTRIES,
    distincts: NO_ENTRIES,
    preferences: NO_ENTRIES,
    orders: NO_ENTRIES,
    refunds: NO_ENTRIES,
    consent: NO_ENTRIES,
    seen: NO_ENTRIES,
    manualTags: NO_ENTRIES,
    newestAt: 0,
    newestDay: 0,
    newestReceivedAt: 0,
    truncated: NOTHING,
  };
}
