import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledMembership } from "#domain/definitions/compile-membership.ts";
import { completeFrom } from "#domain/memberships/warming.ts";
import { type FeatureSpec, planFeatureSpecs } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { emptyState } from "./empty-state.ts";
import { foldEvents } from "./fold.ts";
import type { Profile, ProfileState } from "./state.ts";

/** The features that these definitions read and that may lack what the person did before they were kept: those of
 *  definitions newer than the last fill, whose window has not passed since. */
export function unfilledFeatures(
  { filledTo = 0 }: Pick<Profile, "filledTo">,
  readers: readonly Pick<CompiledMembership, "reads">[],
  now: number,
  { features, calendar }: Pick<CompiledBundle, "features" | "calendar">,
): FeatureSpec[] {
  const ids = new Set<string>();
  for (const { reads } of readers) {
    for (const read of reads) {
      if (read.version > filledTo && completeFrom(read, calendar) > now) ids.add(read.id);
    }
  }
  return [...ids].flatMap((id) => features.byId.get(id) ?? []);
}

/** Counts features anew from everything that the person did, in any order; whatever was kept of them is replaced. What
 *  is too old for its window is judged against the newest event of the state, as folding does. Pure. */
export function recountFeatures(
  state: ProfileState,
  events: readonly CollectedEvent[],
  features: readonly FeatureSpec[],
): ProfileState {
  const { newestAt, newestDay, newestReceivedAt } = state;
  const counted = foldEvents(
    { ...emptyState(), newestAt, newestDay, newestReceivedAt },
    events,
    planFeatureSpecs(features),
  ).state;
  return replaceFeatures(state, counted, features);
}

/** A state with these features, and nothing else, as another has counted them. */
export function replaceFeatures(
  state: ProfileState,
  counted: ProfileState,
  features: readonly FeatureSpec[],
): ProfileState {
  const ids = features.map(({ id }) => id);
  return {
    ...state,
    features: replaceEntries(state.features, counted.features, ids),
    distincts: replaceEntries(state.distincts, counted.distincts, ids),
    preferences: replaceEntries(state.preferences, counted.preferences, ids),
  };
}

function replaceEntries<Value>(
  kept: ReadonlyMap<string, Value>,
  counted: ReadonlyMap<string, Value>,
  ids: readonly string[],
): ReadonlyMap<string, Value> {
  const replaced = new Map(kept);
  for (const id of ids) {
    const value = counted.get(id);
    if (value === undefined) replaced.delete(id);
    else replaced.set(id, value);
  }
  return replaced;
}
