import type { FeaturePlan } from "#domain/rules/features.ts";
import type { Draft } from "./draft.ts";
import { rollOrders } from "./orders.ts";
import { prunePreference, weekOf } from "./preferences.ts";
import type { Buckets, ProfileState } from "./state.ts";
import { traitWrittenAt } from "./traits.ts";

const HOUR_MS = 3_600_000;

/** How long a messageId is remembered, and how many at most (model.md §3). */
export const DEDUPE_WINDOW_SECONDS = 7 * 24 * 3600;
export const MAX_REMEMBERED = 2000;
export const MAX_ACTIVE_DAYS = 400;
const MAX_REFUNDS = 256;
const MAX_PLATFORMS = 16;
const MAX_CONSENTS = 100;
/** All traits of a person together, as UTF-16 units of JSON: an item of DynamoDB ends at 400 KB. */
const MAX_TRAITS = 500;
const MAX_TRAIT_CHARACTERS = 100_000;

/** Brings every part of a draft that was written within its cap. What is too old is judged against the newest event in
 *  the state, never against now, so that pruning commutes with folding; what is over a cap sets `truncated`. */
export function pruneState(draft: Draft, plan: FeaturePlan): void {
  const { before, state } = draft;
  const isNewerDay = state.newestDay > before.newestDay;
  // Parts with windows of hours grow old with each hour, also where no event of this fold concerned them.
  const isNewerHour = isNewerDay || !isSameHour(state.newestAt, before.newestAt);
  if (draft.isOpen("features") || isNewerHour) pruneFeatures(draft, plan);
  if (draft.isOpen("distincts") || isNewerHour) pruneDistincts(draft, plan);
  if (draft.isOpen("preferences") || isNewerDay) prunePreferences(draft, plan);
  if (draft.isOpen("activeDays") || isNewerDay) pruneActiveDays(draft);
  pruneMemory(draft);
  if (draft.isOpen("traits")) pruneTraits(draft);
  if (draft.isOpen("orders")) pruneOrders(draft);
  pruneRefunds(draft);
  dropOldest(draft, "platforms", MAX_PLATFORMS, (platform) => platform.lastSeen);
  dropOldest(draft, "consent", MAX_CONSENTS, (consent) => consent.at);
}

function isSameHour(a: number, b: number): boolean {
  return Math.floor(a / HOUR_MS) === Math.floor(b / HOUR_MS);
}

function pruneFeatures(draft: Draft, plan: FeaturePlan): void {
  const newestHour = Math.floor(draft.state.newestAt / HOUR_MS);
  for (const [id, buckets] of draft.state.features) {
    const spec = plan.byId.get(id);
    // A feature that no definition in force names is dropped: what it would answer is filled from Activity when asked.
    if (!spec) draft.open("features").delete(id);
    else if (spec.unit !== "ever") {
      const oldest = (spec.unit === "hour" ? newestHour : draft.state.newestDay) - spec.keep;
      for (const bucket of buckets.keys()) if (bucket < oldest) draft.openBuckets(id).delete(bucket);
      if (draft.state.features.get(id)?.size === 0) draft.open("features").delete(id);
    }
  }
}

function pruneDistincts(draft: Draft, plan: FeaturePlan): void {
  const newestHour = Math.floor(draft.state.newestAt / HOUR_MS);
  for (const [id, values] of draft.state.distincts) {
    const spec = plan.byId.get(id);
    const newest = spec?.unit === "hour" ? newestHour : draft.state.newestDay;
    const oldest = !spec ? Infinity : spec.unit === "ever" ? -Infinity : newest - spec.keep;
    const kept = [...values].filter(([, bucket]) => bucket >= oldest);
    if (kept.length === 0) draft.open("distincts").delete(id);
    else if (kept.length < values.size) draft.open("distincts").set(id, new Map(kept));
  }
}

function prunePreferences(draft: Draft, plan: FeaturePlan): void {
  const newestWeek = weekOf(draft.state.newestDay);
  for (const [id, known] of draft.state.preferences) {
    const { preference, truncated } = plan.byId.has(id)
      ? prunePreference(known, newestWeek)
      : { preference: new Map<string, Buckets>(), truncated: false };
    if (preference.size === 0) draft.open("preferences").delete(id);
    else if (preference !== known) draft.open("preferences").set(id, preference);
    if (truncated) draft.open("truncated").add("preferences");
  }
}

function pruneActiveDays(draft: Draft): void {
  const oldest = draft.state.newestDay - MAX_ACTIVE_DAYS;
  for (const day of draft.state.activeDays) if (day <= oldest) draft.open("activeDays").delete(day);
}

function pruneMemory(draft: Draft): void {
  const oldest = Math.floor(draft.state.newestReceivedAt / 1000) - DEDUPE_WINDOW_SECONDS;
  for (const [hash, receivedAt] of draft.state.seen) if (receivedAt < oldest) draft.open("seen").delete(hash);
  const surplus = draft.state.seen.size - MAX_REMEMBERED;
  if (surplus <= 0) return;
  const byAge = [...draft.state.seen].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  for (const [hash] of byAge.slice(0, surplus)) draft.open("seen").delete(hash);
  draft.open("truncated").add("seen");
}

function pruneTraits(draft: Draft): void {
  const sizes = [...draft.state.traits].map(([name, trait]) => {
    const values = [trait.overwrite?.value, trait.setOnce?.value, ...(trait.append?.values ?? [])];
    return { name, at: traitWrittenAt(trait), size: name.length + values.reduce<number>(addSize, 16) };
  });
  let total = sizes.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_TRAIT_CHARACTERS && sizes.length <= MAX_TRAITS) return;
  let left = sizes.length;
  for (const { name, size } of sizes.toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))) {
    if (total <= MAX_TRAIT_CHARACTERS && left <= MAX_TRAITS) break;
    draft.open("traits").delete(name);
    total -= size;
    left--;
  }
  draft.open("truncated").add("traits");
}

function addSize(sum: number, value: unknown): number {
  if (value === undefined) return sum;
  return sum + (typeof value === "string" ? value.length : JSON.stringify(value).length);
}

function pruneOrders(draft: Draft): void {
  const { rolled, count } = rollOrders(draft.open("orders"), draft.state.rolledOrders);
  if (count === 0 || !rolled) return;
  draft.state.rolledOrders = rolled;
  draft.open("truncated").add("orders");
}

function pruneRefunds(draft: Draft): void {
  const surplus = draft.state.refunds.size - MAX_REFUNDS;
  if (surplus <= 0) return;
  const refunds = draft.open("refunds");
  const oldest = [...refunds].toSorted(([a, x], [b, y]) => x.at - y.at || (a < b ? -1 : 1)).slice(0, surplus);
  let { count, amountMinor } = draft.state.rolledRefunds ?? { count: 0, amountMinor: 0 };
  for (const [id, refund] of oldest) {
    refunds.delete(id);
    count++;
    amountMinor += refund.value;
  }
  draft.state.rolledRefunds = { count, amountMinor };
  draft.open("truncated").add("refunds");
}

function dropOldest<Part extends "platforms" | "consent">(
  draft: Draft,
  part: Part,
  cap: number,
  ageOf: (item: ProfileState[Part] extends ReadonlyMap<string, infer T> ? T : never) => number,
): void {
  if (draft.state[part].size <= cap) return;
  const items = draft.open(part) as Map<string, Parameters<typeof ageOf>[0]>;
  const byAge = [...items].toSorted(([a, x], [b, y]) => ageOf(x) - ageOf(y) || (a < b ? -1 : 1));
  for (const [key] of byAge.slice(0, items.size - cap)) items.delete(key);
  draft.open("truncated").add(part);
}
