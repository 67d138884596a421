import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  decodeMemberships,
  decodeState,
  decodeTierHistory,
  encodeMemberships,
  encodeState,
  encodeTierHistory,
} from "#domain/profile/codec.ts";
import type { MergeIntent, Profile, ProfileId, Split } from "#domain/profile/state.ts";
import type { Fact } from "#events/fact.ts";

/** How a profile lies in its DynamoDB item. Names are short: their bytes are charged with every write.
 *  v version · c createdAt · m mergedInto · s state · t tags and other memberships · h history of tiers · b bundle version ·
 *  f version to which features are filled ·
 *  r review at · w when its timer wakes it · o outbox (absent when empty) · i intent to merge · u the people that an un-merge made of it. */
export function toProfileItem(profile: Profile): Record<string, AttributeValue> {
  return {
    pk: { S: profile.id },
    v: { N: String(profile.version) },
    c: { N: String(profile.createdAt) },
    s: { B: encodeState(profile.state) },
    b: { N: String(profile.bundleVersion) },
    ...(profile.mergedInto !== undefined && { m: { S: profile.mergedInto } }),
    ...(profile.memberships.size > 0 && { t: { B: encodeMemberships(profile.memberships, profile.createdAt) } }),
    ...(profile.tierHistory &&
      profile.tierHistory.size > 0 && { h: { B: encodeTierHistory(profile.tierHistory, profile.createdAt) } }),
    ...(profile.filledTo !== undefined && { f: { N: String(profile.filledTo) } }),
    ...(profile.split && { u: { S: JSON.stringify(profile.split) } }),
    ...(profile.intent && { i: { S: JSON.stringify(profile.intent) } }),
    ...(profile.reviewAt !== Infinity && { r: { N: String(profile.reviewAt) } }),
    ...(profile.timerAt !== undefined && { w: { N: String(profile.timerAt) } }),
    ...(profile.outbox.length > 0 && { o: { B: zstdCompressSync(JSON.stringify(profile.outbox)) } }),
  };
}

/** Reads what `toProfileItem` made. Throws RangeError on an item that it did not make. */
export function fromProfileItem(item: Record<string, AttributeValue>): Profile {
  const state = item.s?.B;
  if (!state) throw new RangeError(`profile ${item.pk?.S} has no state`);
  return {
    id: item.pk?.S as ProfileId,
    version: Number(item.v?.N),
    createdAt: Number(item.c?.N),
    state: decodeState(state),
    bundleVersion: Number(item.b?.N),
    memberships: item.t?.B ? decodeMemberships(item.t.B) : new Map(),
    ...(item.h?.B && { tierHistory: decodeTierHistory(item.h.B) }),
    ...(item.f?.N !== undefined && { filledTo: Number(item.f.N) }),
    reviewAt: item.r?.N === undefined ? Infinity : Number(item.r.N),
    ...(item.w?.N !== undefined && { timerAt: Number(item.w.N) }),
    outbox: item.o?.B ? (JSON.parse(zstdDecompressSync(item.o.B).toString("utf8")) as Fact[]) : [],
    ...(item.u?.S !== undefined && { split: JSON.parse(item.u.S) as Split }),
    ...(item.i?.S !== undefined && { intent: JSON.parse(item.i.S) as MergeIntent }),
    ...(item.m?.S !== undefined && { mergedInto: item.m.S as ProfileId }),
  };
}
