import type { ProfileState } from "./state.ts";

type Mutable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : T;

/** A state that is being written: its maps and sets belong to the draft alone, the values in them stay immutable. */
export type Draft = { -readonly [Part in keyof Parts]: Mutable<Parts[Part]> } & {
  features: Map<string, Map<number, number>>;
};
type Parts = Omit<ProfileState, "features">;

/** Opens a state for writing; the state itself is not touched. */
export function openDraft(state: ProfileState): Draft {
  return {
    ...state,
    identifiers: new Map(state.identifiers),
    absorbed: new Set(state.absorbed),
    separated: new Set(state.separated),
    platforms: new Map(state.platforms),
    traits: new Map(state.traits),
    activeDays: new Set(state.activeDays),
    features: new Map(Array.from(state.features, ([id, buckets]) => [id, new Map(buckets)])),
    orders: new Map(state.orders),
    refunds: new Map(state.refunds),
    consent: new Map(state.consent),
    seen: new Map(state.seen),
    manualTags: new Map(state.manualTags),
    truncated: new Set(state.truncated),
  };
}
