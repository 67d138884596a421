import { isIdentifierType } from "#domain/identity/identifier.ts";
import { normaliseIdentifier } from "#domain/identity/normalise-identifier.ts";
import type { Identifier } from "#events/collected-event.ts";
import type { CollectionSettings } from "./collection-settings.ts";
import type { Flag } from "./flags.ts";
import type { IdentifierCandidate } from "./read-call.ts";
import { CallRefusedError } from "./refusals.ts";

/** The identifiers of an event, strongest first, in the order of today's settings: the event carries it, so a later
 *  change of settings cannot send a redelivery elsewhere. Within a type the order is the call's. Throws
 *  CallRefusedError, `no_identity` where none is left. */
export function chooseIdentifiers(
  candidates: readonly IdentifierCandidate[],
  settings: CollectionSettings,
  flags: Set<Flag>,
): Identifier[] {
  const chosen: Identifier[] = [];
  for (const { type, value, main } of candidates) {
    if (!isIdentifierType(type, settings.project.identityTypes)) {
      flags.add("identifier_type_unknown");
      continue;
    }
    const normalised = normaliseIdentifier(type, value, settings.project.region);
    if (normalised.kind === "absent") continue;
    if (normalised.kind === "unusable") {
      const { code } = normalised;
      if (main && (code === "identifier_not_text" || code === "identifier_too_long"))
        throw new CallRefusedError(code, type);
      flags.add("identifier_dropped");
      continue;
    }
    if (chosen.some(([otherType, other]) => otherType === type && other === normalised.value)) continue;
    // One call names one user: a second, different userId is no statement that both are the same person.
    if (type === "userId" && chosen.some(([otherType]) => otherType === type)) flags.add("identifier_conflict");
    else chosen.push([type, normalised.value]);
  }
  if (chosen.length === 0) throw new CallRefusedError("no_identity");
  return chosen.toSorted(([a], [b]) => settings.identityRank(a) - settings.identityRank(b));
}
