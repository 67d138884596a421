import { type FeaturePlan, measureFeature } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { mergeConsent } from "./consent.ts";
import { type Draft, openDraft } from "./draft.ts";
import { hashMessageId } from "./message-hash.ts";
import { mergeOrders, orderOf } from "./orders.ts";
import { pruneState } from "./prune.ts";
import { earlierOf, laterOf, stamp } from "./registers.ts";
import type { IdentifierKey, ProfileState, Stamp } from "./state.ts";
import { writeTrait } from "./traits.ts";

const HOUR_MS = 3_600_000;

/** Folds events into a state. Any permutation, batching or duplication of the same events gives the same state
 *  (model.md §3, within its caps). Identifiers are claimed before folding and not added here. `applied` are the events
 *  that were not seen before; where there are none, `state` is the very state that came in. Pure. */
export function foldEvents(
  state: ProfileState,
  events: readonly CollectedEvent[],
  plan: FeaturePlan,
): { state: ProfileState; applied: CollectedEvent[] } {
  const applied: CollectedEvent[] = [];
  let draft: Draft | undefined;
  for (const event of events) {
    const message = hashMessageId(event.messageId);
    if ((draft ?? state).seen.has(message)) continue;
    draft ??= openDraft(state);
    draft.seen.set(message, Math.floor(event.receivedAt / 1000));
    applyEvent(draft, event, { at: event.at, message }, plan);
    applied.push(event);
  }
  if (!draft) return { state, applied };
  pruneState(draft, plan);
  return { state: draft, applied };
}

function applyEvent(draft: Draft, event: CollectedEvent, by: Stamp, plan: FeaturePlan): void {
  draft.newestAt = Math.max(draft.newestAt, event.at);
  draft.newestDay = Math.max(draft.newestDay, event.day);
  draft.newestReceivedAt = Math.max(draft.newestReceivedAt, event.receivedAt);
  for (const [type, value] of event.identifiers) {
    const key = `${type}:${value}` as IdentifierKey;
    const since = draft.identifiers.get(key);
    if (since !== undefined && event.at < since) draft.identifiers.set(key, event.at);
  }
  if (event.activity) applyActivity(draft, event);
  if (event.traits) applyTraits(draft, event, by);
  if (event.event !== undefined) applyFeatures(draft, event, plan);
  if (event.order) applyOrder(draft, event, by);
  if (event.consent) applyConsent(draft, event);
  if (event.acquisition) {
    const touch = stamp(event.acquisition, by);
    draft.firstAcquisition = earlierOf(draft.firstAcquisition, touch) ?? touch;
    draft.lastAcquisition = laterOf(draft.lastAcquisition, touch) ?? touch;
  }
  if (event.place) draft.place = laterOf(draft.place, stamp(event.place, by)) ?? stamp(event.place, by);
  if (event.device) draft.device = laterOf(draft.device, stamp(event.device, by)) ?? stamp(event.device, by);
}

function applyActivity(draft: Draft, event: CollectedEvent): void {
  draft.firstSeen = Math.min(draft.firstSeen ?? Infinity, event.at);
  draft.lastSeen = Math.max(draft.lastSeen ?? -Infinity, event.at);
  draft.activeDays.add(event.day);
  const platform = event.device?.platform;
  if (platform === undefined) return;
  const seen = draft.platforms.get(platform);
  draft.platforms.set(platform, {
    firstSeen: Math.min(seen?.firstSeen ?? Infinity, event.at),
    lastSeen: Math.max(seen?.lastSeen ?? -Infinity, event.at),
  });
}

function applyTraits(draft: Draft, event: CollectedEvent, by: Stamp): void {
  for (const [name, value] of Object.entries(event.traits ?? {})) {
    const mode = event.traitModes?.[name] ?? "overwrite";
    const written = writeTrait(draft.traits.get(name), mode, value, by);
    if (written) draft.traits.set(name, written);
  }
}

function applyFeatures(draft: Draft, event: CollectedEvent, plan: FeaturePlan): void {
  for (const spec of plan.byEvent.get(event.event ?? "") ?? []) {
    const measure = measureFeature(spec, event);
    if (measure === undefined || measure === 0) continue;
    const bucket = spec.unit === "ever" ? 0 : spec.unit === "day" ? event.day : Math.floor(event.at / HOUR_MS);
    let buckets = draft.features.get(spec.id);
    if (!buckets) {
      buckets = new Map();
      draft.features.set(spec.id, buckets);
    }
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + measure);
  }
}

function applyOrder(draft: Draft, event: CollectedEvent, by: Stamp): void {
  const { order } = event;
  if (!order) return;
  if (order.kind === "refunded") {
    const refund = stamp(order.amountMinor ?? 0, by);
    draft.refunds.set(order.id, laterOf(draft.refunds.get(order.id), refund) ?? refund);
    return;
  }
  const known = draft.orders.get(order.id);
  // Once orders are rolled, a change of an order that is not among those kept cannot be told from a change of a rolled
  // one. It is counted, not applied.
  if (!known && order.kind !== "completed" && draft.rolledOrders) draft.truncated.add("orderChanges");
  else draft.orders.set(order.id, mergeOrders(known, orderOf(order, { ...by, day: event.day })));
}

function applyConsent(draft: Draft, event: CollectedEvent): void {
  const { consent } = event;
  if (!consent) return;
  const key = `${consent.purpose}.${consent.channel}`;
  const anonymous = event.identifiers.find(([type]) => type === "anonymousId");
  const fromPublic = isPublicSource(event.source.type);
  const said = {
    granted: consent.granted,
    at: event.at,
    ...(consent.proof !== undefined && { proof: consent.proof }),
    ...(consent.granted && fromPublic && { grantedBy: `anonymousId:${anonymous?.[1] ?? ""}` as IdentifierKey }),
  };
  draft.consent.set(key, mergeConsent(draft.consent.get(key), said));
}

function isPublicSource(type: CollectedEvent["source"]["type"]): boolean {
  return ["web", "android", "ios", "mini-program", "official-account"].includes(type);
}
