import type { FeaturePlan } from "#domain/rules/features.ts";
import { mergeConsent } from "./consent.ts";
import { mergeValues } from "./distinct-values.ts";
import { Draft } from "./draft.ts";
import { mergeOrders, mergeRolled } from "./orders.ts";
import { mergePreferences } from "./preferences.ts";
import { pruneState } from "./prune.ts";
import { earlierOf, laterOf } from "./registers.ts";
import type { ProfileState } from "./state.ts";
import { mergeTraits } from "./traits.ts";

/** Merges the states of two people, part by part (the table of model.md §3). Commutative and associative over disjoint
 *  events. What has become too old for the newer of the two is pruned, as a fold would. Pure. */
export function mergeStates(a: ProfileState, b: ProfileState, plan: FeaturePlan): ProfileState {
  const draft = new Draft(a);
  draft.state.absorbed = a.absorbed.union(b.absorbed);
  draft.state.separated = a.separated.union(b.separated);
  mergeMap(draft.open("identifiers"), b.identifiers, (x = Infinity, y) => Math.min(x, y));
  mergeMap(draft.open("platforms"), b.platforms, (x, y) => ({
    firstSeen: Math.min(x?.firstSeen ?? Infinity, y.firstSeen),
    lastSeen: Math.max(x?.lastSeen ?? -Infinity, y.lastSeen),
  }));
  mergeMap(draft.open("traits"), b.traits, (x, y) => (x ? mergeTraits(x, y) : y));
  for (const [id, buckets] of b.features) mergeMap(draft.openBuckets(id), buckets, (x = 0, y) => x + y);
  mergeMap(draft.open("distincts"), b.distincts, mergeValues);
  mergeMap(draft.open("preferences"), b.preferences, mergePreferences);
  mergeMap(draft.open("orders"), b.orders, mergeOrders);
  mergeMap(draft.open("refunds"), b.refunds, (x, y) => laterOf(x, y));
  mergeMap(draft.open("consent"), b.consent, mergeConsent);
  mergeMap(draft.open("seen"), b.seen, (x = -Infinity, y) => Math.max(x, y));
  mergeMap(draft.open("manualTags"), b.manualTags, (x, y) => (x && isLaterTag(x, y) ? x : y));
  for (const day of b.activeDays) draft.open("activeDays").add(day);
  for (const part of b.truncated) draft.open("truncated").add(part);
  mergeScalars(draft.state, b);
  pruneState(draft, plan);
  return draft.state;
}

function mergeMap<K, V>(into: Map<K, V>, from: ReadonlyMap<K, V>, merge: (own: V | undefined, other: V) => V): void {
  for (const [key, value] of from) into.set(key, merge(into.get(key), value));
}

function isLaterTag(a: { at: number; on: boolean; by: string }, b: { at: number; on: boolean; by: string }): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.on !== b.on) return !a.on;
  return a.by >= b.by;
}

function mergeScalars(draft: Draft["state"], b: ProfileState): void {
  draft.newestAt = Math.max(draft.newestAt, b.newestAt);
  draft.newestDay = Math.max(draft.newestDay, b.newestDay);
  draft.newestReceivedAt = Math.max(draft.newestReceivedAt, b.newestReceivedAt);
  assign(draft, "firstSeen", least(draft.firstSeen, b.firstSeen));
  assign(draft, "lastSeen", greatest(draft.lastSeen, b.lastSeen));
  assign(draft, "rolledOrders", mergeRolled(draft.rolledOrders, b.rolledOrders));
  assign(draft, "firstAcquisition", earlierOf(draft.firstAcquisition, b.firstAcquisition));
  assign(draft, "lastAcquisition", laterOf(draft.lastAcquisition, b.lastAcquisition));
  assign(draft, "place", laterOf(draft.place, b.place));
  assign(draft, "device", laterOf(draft.device, b.device));
  if (draft.rolledRefunds && b.rolledRefunds) {
    draft.rolledRefunds = {
      count: draft.rolledRefunds.count + b.rolledRefunds.count,
      amountMinor: draft.rolledRefunds.amountMinor + b.rolledRefunds.amountMinor,
    };
  } else assign(draft, "rolledRefunds", draft.rolledRefunds ?? b.rolledRefunds);
}

function assign<Part extends keyof ProfileState>(
  draft: Draft["state"],
  part: Part,
  value: ProfileState[Part] | undefined,
): void {
  if (value !== undefined) draft[part] = value;
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}

function greatest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}
