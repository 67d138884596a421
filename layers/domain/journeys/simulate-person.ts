import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { evaluateMemberships } from "#domain/memberships/evaluate-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import type { IdentifierKey, Profile, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** A person as of an instant: what has expired by then is settled. Pure. */
export function seePerson(person: Profile, now: number, bundle: CompiledBundle): Profile {
  const { memberships, tierHistory, reviewAt } = evaluateMemberships(person, now, bundle);
  return { ...person, memberships, tierHistory, reviewAt, bundleVersion: bundle.version };
}

/** A person who has done something at an instant, as the fold would have it. Pure. */
export function personAfter(person: Profile, event: CollectedEvent, now: number, bundle: CompiledBundle): Profile {
  const settled = seePerson(person, now, bundle);
  const { state } = foldEvents(withIdentifiers(settled.state, event), [event], bundle.features);
  // Nothing expires between the event and itself.
  return seePerson({ ...settled, state, reviewAt: Number.POSITIVE_INFINITY }, now, bundle);
}

/** A person with a tag that a journey put on or took off. Pure. */
export function personTagged(
  person: Profile,
  { name, on }: { readonly name: string; readonly on: boolean },
  now: number,
  bundle: CompiledBundle,
): Profile {
  const manualTags = new Map(person.state.manualTags).set(name, { on, at: now, by: "simulation" });
  const state = { ...person.state, manualTags };
  return seePerson({ ...person, state, reviewAt: Number.POSITIVE_INFINITY }, now, bundle);
}

/** The fold claims identifiers before it folds: here nobody else can have them. */
function withIdentifiers(state: ProfileState, { identifiers, at }: CollectedEvent): ProfileState {
  const known = new Map(state.identifiers);
  for (const [type, value] of identifiers) {
    const key = `${type}:${value}` as IdentifierKey;
    if (!known.has(key)) known.set(key, at);
  }
  return known.size === state.identifiers.size ? state : { ...state, identifiers: known };
}
