import type { ConsentState, ProfileState } from "./state.ts";

/** The last word on a consent: the later one; at the same instant a refusal; among equals an order by their text, so
 *  that any order of merging agrees. */
export function mergeConsent(a: ConsentState | undefined, b: ConsentState): ConsentState {
  if (!a) return b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  if (a.granted !== b.granted) return a.granted ? b : a;
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
