import { NOTABLE_SKEW_MS } from "#domain/collect/event-time.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { OWN_SOURCE } from "#events/own-source.ts";
import type { ConsentState, ProfileState } from "./state.ts";

/** Up to when a grant takes refusals back. A collector's clock may be ahead of the one that stamped a refusal: what was
 *  refused in the minute before is not taken back. What the platform itself heard is stamped by the clock that stamps
 *  refusals. Milliseconds since 1970. */
export function outweighsUpTo({ at, collected }: Pick<ConsentState, "at" | "collected">): number {
  return collected ? at - NOTABLE_SKEW_MS : at;
}

/** Whether an event is a grant that a collector stamped. */
export function isCollectedGrant({ consent, source }: Pick<CollectedEvent, "consent" | "source">): boolean {
  return consent?.granted === true && source.name !== OWN_SOURCE;
}

/** The last word on a consent: the later one, where a collected grant counts as a minute earlier; at the same instant a
 *  refusal; among equals an order by their instants and text. One order of all words, so that any order of merging agrees. */
export function mergeConsent(a: ConsentState | undefined, b: ConsentState): ConsentState {
  if (!a) return b;
  const [ofA, ofB] = [outweighsUpTo(a), outweighsUpTo(b)];
  if (ofA !== ofB) return ofA > ofB ? a : b;
  if (a.granted !== b.granted) return a.granted ? b : a;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return tieKey(a) >= tieKey(b) ? a : b;
}

function tieKey(consent: ConsentState): string {
  return JSON.stringify([consent.proof ?? "", consent.grantedBy ?? ""]);
}

/** True if the consent was granted and the grant counts: one from a public source does only if the anonymousId that
 *  sent it was already this person's (model.md §7). */
export function isGranted(state: ProfileState, consent: ConsentState): boolean {
  if (!consent.granted) return false;
  if (consent.grantedBy === undefined) return true;
  const since = state.identifiers.get(consent.grantedBy);
  return since !== undefined && since < consent.at;
}

/** The last word that counts on one purpose and channel, said of the channel itself or of all (`*`); at the same instant
 *  the refusal. A grant that does not count is as if it had not been said. Undefined: nothing was said. */
export function readConsent(state: ProfileState, purpose: string, channel: string): ConsentState | undefined {
  let last: ConsentState | undefined;
  for (const of of channel === "*" ? ["*"] : [channel, "*"]) {
    const said = state.consent.get(`${purpose}.${of}`);
    if (said && (!said.granted || isGranted(state, said))) last = mergeConsent(last, said);
  }
  return last;
}
