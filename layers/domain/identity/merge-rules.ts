import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import { type LimitOf, type LinkRefusal, refuseIdentifiers } from "./link-limits.ts";

/** A chain of pointers stays short, and a person's `absorbed` set small (model.md §2). */
export const MAX_MERGES = 100;

/** What decides whether two people may be one. */
export interface Mergeable {
  readonly identifiers: Iterable<IdentifierKey>;
  /** How many people each has absorbed. */
  readonly merges: number;
}

/** True if `a` was created first (ties: the smaller id). The older always wins, and `createdAt` never changes, so
 *  pointers only lead to older people and cannot form a cycle. */
export function isOlder(a: { createdAt: number; id: ProfileId }, b: { createdAt: number; id: ProfileId }): boolean {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id);
}

/** Why two people may not be merged, now or ever: it depends only on what they have, which only grows. Whoever asks about
 *  which of the two first hears the same: who is past a limit already, since it was lowered, may still be merged with
 *  someone who has nothing of that type. */
export function refuseMerge(a: Mergeable, b: Mergeable, limitOf: LimitOf): LinkRefusal | undefined {
  if (a.merges + b.merges + 1 > MAX_MERGES) return "merge_limit";
  const [ofA, ofB] = [[...a.identifiers], [...b.identifiers]];
  return refuseIdentifiers(ofA, ofB, limitOf) && refuseIdentifiers(ofB, ofA, limitOf);
}

/** What a person brings into a merge; an intent under way has reserved its loser's identifiers too. */
export function mergeableOf({ state, intent }: Profile): Mergeable {
  return {
    identifiers: intent ? new Set([...state.identifiers.keys(), ...intent.identifiers]) : [...state.identifiers.keys()],
    merges: state.absorbed.size,
  };
}
