import type { ProfileState } from "./state.ts";

/** The state of a person of whom nothing is known: the neutral element of `mergeStates`. */
export function emptyState(): ProfileState {
  return {
    identifiers: new Map(),
    absorbed: new Set(),
    separated: new Set(),
    platforms: new Map(),
    traits: new Map(),
    activeDays: new Set(),
    features: new Map(),
    orders: new Map(),
    refunds: new Map(),
    consent: new Map(),
    seen: new Map(),
    manualTags: new Map(),
    newestAt: 0,
    newestDay: 0,
    newestReceivedAt: 0,
    truncated: new Set(),
  };
}
