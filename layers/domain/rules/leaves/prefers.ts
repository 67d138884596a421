import { type Preferred, rankPreference, weekOf } from "#domain/profile/preferences.ts";
import type { Prefers } from "#events/rule/leaves.ts";
import { preferenceFeature } from "../features.ts";
import type { CompileLeaf } from "../leaf.ts";
import type { Subject } from "../subject.ts";
import { ALWAYS, NEVER } from "../verdict.ts";

/** Whether any of the values is among the person's first `top`. Time alone changes no order, so the answer stands until
 *  an event comes. */
export const compilePrefers: CompileLeaf<Prefers> = (prefers, settings) => {
  const { id } = preferenceFeature(prefers.of, prefers.property, settings);
  const wanted = new Set(prefers.in);
  const favourites = (subject: Subject) => rankFeature(subject, id).slice(0, prefers.top ?? 1);
  return {
    judge: (subject) => (favourites(subject).some(({ value }) => wanted.has(value)) ? ALWAYS : NEVER),
    seen: (subject) => favourites(subject).map(({ value }) => value),
  };
};

/** What the person prefers by one feature, the favourite first. */
export function rankFeature({ state }: Pick<Subject, "state">, id: string): Preferred[] {
  const preference = state.preferences.get(id);
  return preference ? rankPreference(preference, weekOf(state.newestDay)) : [];
}
