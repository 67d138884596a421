import type { FeaturePlan } from "#domain/rules/features.ts";
import type { Draft } from "./draft.ts";
import { rollOrders } from "./orders.ts";
import { traitWrittenAt } from "./traits.ts";

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

/** Brings every part of a draft within its cap. What is too old is judged against the newest event in the state, never
 *  against now, so that pruning commutes with folding; what is over a cap sets `truncated`. */
export function pruneState(draft: Draft, plan: FeaturePlan): void {
  pruneFeatures(draft, plan);
  pruneActiveDays(draft);
  pruneMemory(draft);
  pruneTraits(draft);
  const { rolled, count } = rollOrders(draft.orders, draft.rolledOrders);
  if (count > 0 && rolled) {
    draft.rolledOrders = rolled;
    draft.truncated.add("orders");
  }
  pruneRefunds(draft);
  dropOldest(draft, "platforms", draft.platforms, MAX_PLATFORMS, (platform) => platform.lastSeen);
  dropOldest(draft, "consent", draft.consent, MAX_CONSENTS, (consent) => consent.at);
}

function pruneFeatures(draft: Draft, plan: FeaturePlan): void {
  const newestHour = Math.floor(draft.newestAt / 3_600_000);
  for (const [id, buckets] of draft.features) {
    const spec = plan.byId.get(id);
    // A feature that no definition in force names is dropped: what it would answer is filled from Activity when asked.
    if (!spec) draft.features.delete(id);
    else if (spec.unit !== "ever") {
      const oldest = (spec.unit === "hour" ? newestHour : draft.newestDay) - spec.keep;
      for (const bucket of buckets.keys()) if (bucket < oldest) buckets.delete(bucket);
      if (buckets.size === 0) draft.features.delete(id);
    }
  }
}

function pruneActiveDays(draft: Draft): void {
  for (const day of draft.activeDays) if (day <= draft.newestDay - MAX_ACTIVE_DAYS) draft.activeDays.delete(day);
}

function pruneMemory(draft: Draft): void {
  const oldest = Math.floor(draft.newestReceivedAt / 1000) - DEDUPE_WINDOW_SECONDS;
  for (const [hash, receivedAt] of draft.seen) if (receivedAt < oldest) draft.seen.delete(hash);
  const surplus = draft.seen.size - MAX_REMEMBERED;
  if (surplus <= 0) return;
  const byAge = [...draft.seen].toSorted(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  for (const [hash] of byAge.slice(0, surplus)) draft.seen.delete(hash);
  draft.truncated.add("seen");
}

function pruneTraits(draft: Draft): void {
  const sizes = [...draft.traits].map(([name, trait]) => {
    const values = [trait.overwrite?.value, trait.setOnce?.value, ...(trait.append?.values ?? [])];
    return { name, at: traitWrittenAt(trait), size: name.length + values.reduce<number>(addSize, 16) };
  });
  let total = sizes.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_TRAIT_CHARACTERS && sizes.length <= MAX_TRAITS) return;
  let left = sizes.length;
  for (const { name, size } of sizes.toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))) {
    if (total <= MAX_TRAIT_CHARACTERS && left <= MAX_TRAITS) break;
    draft.traits.delete(name);
    total -= size;
    left--;
  }
  draft.truncated.add("traits");
}

function addSize(sum: number, value: unknown): number {
  if (value === undefined) return sum;
  return sum + (typeof value === "string" ? value.length : JSON.stringify(value).length);
}

function pruneRefunds(draft: Draft): void {
  const surplus = draft.refunds.size - MAX_REFUNDS;
  if (surplus <= 0) return;
  const oldest = [...draft.refunds].toSorted(([a, x], [b, y]) => x.at - y.at || (a < b ? -1 : 1)).slice(0, surplus);
  let { count, amountMinor } = draft.rolledRefunds ?? { count: 0, amountMinor: 0 };
  for (const [id, refund] of oldest) {
    draft.refunds.delete(id);
    count++;
    amountMinor += refund.value;
  }
  draft.rolledRefunds = { count, amountMinor };
  draft.truncated.add("refunds");
}

function dropOldest<T>(
  draft: Draft,
  part: string,
  items: Map<string, T>,
  cap: number,
  ageOf: (item: T) => number,
): void {
  if (items.size <= cap) return;
  const byAge = [...items].toSorted(([a, x], [b, y]) => ageOf(x) - ageOf(y) || (a < b ? -1 : 1));
  for (const [key] of byAge.slice(0, items.size - cap)) items.delete(key);
  draft.truncated.add(part);
}
