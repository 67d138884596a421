import { decideTouch, type TouchDecision } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { hashAddress, type LinkKey } from "#domain/links/link-token.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import { allAddressesOf, isByPersonId } from "#domain/touches/address.ts";
import type { Touch } from "#domain/touches/touch.ts";

/** What a sender knows of a touch before it decides: read from stores, once. */
export interface Known {
  readonly touch: Touch;
  /** Whoever the person is today. Undefined: erased. */
  readonly person: Profile | undefined;
  /** The address that the touch was requested for, where the person still has it. */
  readonly address: string | undefined;
  readonly suppressed: boolean;
  readonly calendar: Calendar;
}

/** Decides about a touch as it is known, at an instant: the same checks as when it was requested. Pure. */
export function decideKnown(known: Known, { project }: CompiledBundle, now: number): TouchDecision {
  const { touch, person, address, suppressed, calendar } = known;
  return decideTouch({
    channel: touch.channel,
    category: touch.category,
    ...(person && { person }),
    ...(address !== undefined && { address }),
    suppressed,
    controlShare: project.controlShare,
    quietHours: parseQuietHours(project.quietHours),
    calendar,
    now,
  });
}

/** Of a person's addresses the one whose hash the touch was requested with: a merge brings others, which it is not
 *  about. Where people are reached by their id, it may be that of somebody whom they have absorbed since. */
export function claimedAddress(touch: Touch, person: Profile | undefined, key: LinkKey): string | undefined {
  if (!person) return undefined;
  return allAddressesOf(person, touch.channel).find(
    (address) => hashAddress(touch.channel, address, key) === touch.addressHash,
  );
}

/** The addresses by whose hashes a touch counts under caps: the first has its place; under the others it was counted before
 *  people turned out to be one. */
export function capHashesOf({ touch, person }: Known, key: LinkKey): readonly string[] {
  if (person && isByPersonId(touch.channel)) {
    return allAddressesOf(person, touch.channel).map((address) => hashAddress(touch.channel, address, key));
  }
  return touch.addressHash === undefined ? [] : [touch.addressHash];
}
