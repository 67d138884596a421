import { type FeaturePlan, type FeatureSpec, measureFeature, valueOfFeature } from "#domain/rules/features.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { isCollectedGrant, mergeConsent } from "./consent.ts";
import { noteValue } from "./distinct-values.ts";
import { Draft } from "./draft.ts";
import { hashMessageId, hashValue } from "./message-hash.ts";
import { mergeOrders, orderOf } from "./orders.ts";
import { addPreference, MAX_VALUE_CHARACTERS, weekOf } from "./preferences.ts";
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
    if ((draft?.state ?? state).seen.has(message)) continue;
    draft ??= new Draft(state);
    draft.open("seen").set(message, Math.floor(event.receivedAt / 1000));
    applyEvent(draft, event, { at: event.at, message }, plan);
    applied.push(event);
  }
  if (!draft) return { state, applied };
  pruneState(draft, plan);
  return { state: draft.state, applied };
}

function applyEvent(draft: Draft, event: CollectedEvent, by: Stamp, plan: FeaturePlan): void {
  const { state } = draft;
  state.newestAt = Math.max(state.newestAt, event.at);
  state.newestDay = Math.max(state.newestDay, event.day);
  state.newestReceivedAt = Math.max(state.newestReceivedAt, event.receivedAt);
  if (event.at < draft.newestClaim) applyIdentifiers(draft, event);
  if (event.activity) applyActivity(draft, event);
  if (event.traits) applyTraits(draft, event, by);
  if (event.event !== undefined) applyFeatures(draft, event, plan);
  if (event.order) applyOrder(draft, event, by);
  if (event.consent) applyConsent(draft, event);
  if (event.acquisition) {
    const touch = stamp(event.acquisition, by);
    state.firstAcquisition = earlierOf(state.firstAcquisition, touch);
    state.lastAcquisition = laterOf(state.lastAcquisition, touch);
  }
  if (event.place) state.place = laterOf(state.place, stamp(event.place, by));
  if (event.device) state.device = laterOf(state.device, stamp(event.device, by));
}

/** An identifier is known since the oldest event that bore it. */
function applyIdentifiers(draft: Draft, event: CollectedEvent): void {
  for (const [type, value] of event.identifiers) {
    const key = `${type}:${value}` as IdentifierKey;
    const since = draft.state.identifiers.get(key);
    if (since !== undefined && event.at < since) draft.open("identifiers").set(key, event.at);
  }
}

function applyActivity(draft: Draft, event: CollectedEvent): void {
  const { state } = draft;
  state.firstSeen = Math.min(state.firstSeen ?? Infinity, event.at);
  state.lastSeen = Math.max(state.lastSeen ?? -Infinity, event.at);
  if (!state.activeDays.has(event.day)) draft.open("activeDays").add(event.day);
  const platform = event.device?.platform;
  if (platform === undefined) return;
  const seen = state.platforms.get(platform);
  draft.open("platforms").set(platform, {
    firstSeen: Math.min(seen?.firstSeen ?? Infinity, event.at),
    lastSeen: Math.max(seen?.lastSeen ?? -Infinity, event.at),
  });
}

function applyTraits(draft: Draft, event: CollectedEvent, by: Stamp): void {
  for (const [name, value] of Object.entries(event.traits ?? {})) {
    const mode = event.traitModes?.[name] ?? "overwrite";
    const written = writeTrait(draft.state.traits.get(name), mode, value, by);
    if (written) draft.open("traits").set(name, written);
  }
}

function applyFeatures(draft: Draft, event: CollectedEvent, plan: FeaturePlan): void {
  for (const spec of plan.byEvent.get(event.event ?? "") ?? []) {
    if (spec.measure !== "count" && !("sum" in spec.measure)) {
      applyValue(draft, event, spec);
      continue;
    }
    const measure = measureFeature(spec, event);
    if (measure === undefined || measure === 0) continue;
    const bucket = spec.unit === "ever" ? 0 : spec.unit === "day" ? event.day : Math.floor(event.at / HOUR_MS);
    const buckets = draft.openBuckets(spec.id);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + measure);
  }
}

/** Features of which values a property has: how many different ones, or which most often. */
function applyValue(draft: Draft, event: CollectedEvent, spec: FeatureSpec): void {
  const { distincts, preferences } = draft.state;
  const value = valueOfFeature(spec, event);
  if (value === undefined) return;
  if (spec.unit === "week") {
    const known = preferences.get(spec.id);
    if (typeof value !== "string" || value.length > MAX_VALUE_CHARACTERS) return;
    draft.open("preferences").set(spec.id, addPreference(known, value, weekOf(event.day)));
  } else {
    const bucket = spec.unit === "ever" ? 0 : spec.unit === "day" ? event.day : Math.floor(event.at / HOUR_MS);
    const known = distincts.get(spec.id);
    const noted = noteValue(known, hashValue(value), bucket);
    if (noted !== known) draft.open("distincts").set(spec.id, noted);
  }
}

function applyOrder(draft: Draft, event: CollectedEvent, by: Stamp): void {
  const { order } = event;
  if (!order) return;
  const { orders, refunds, rolledOrders } = draft.state;
  if (order.kind === "refunded") {
    draft.open("refunds").set(order.id, laterOf(refunds.get(order.id), stamp(order.amountMinor ?? 0, by)));
    return;
  }
  const known = orders.get(order.id);
  // Once orders are rolled, a change of an order that is not among those kept cannot be told from a change of a rolled
  // one. It is counted, not applied.
  if (!known && order.kind !== "completed" && rolledOrders) draft.open("truncated").add("orderChanges");
  else draft.open("orders").set(order.id, mergeOrders(known, orderOf(order, { ...by, day: event.day })));
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
    ...(isCollectedGrant(event) && { collected: true }),
    ...(consent.granted && fromPublic && { grantedBy: `anonymousId:${anonymous?.[1] ?? ""}` as IdentifierKey }),
  };
  draft.open("consent").set(key, mergeConsent(draft.state.consent.get(key), said));
}

function isPublicSource(type: CollectedEvent["source"]["type"]): boolean {
  return ["web", "android", "ios", "mini-program", "official-account"].includes(type);
}
