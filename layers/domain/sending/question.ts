import { decideTouch, type TouchDecision } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { lookAgainAt } from "#domain/journeys/paused.ts";
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

/** What a sender decides about a touch. */
export type SendDecision =
  | TouchDecision
  | { readonly kind: "wait"; readonly until: number; readonly reason: "journey_paused" };

/** Decides about a touch as it is known, at an instant: whether its journey still sends, then the same checks as when it was
 *  requested. A journey that is stopped or gone sends nothing at all; what one that is paused has asked for waits, and is
 *  looked at again as its runs are. Pure. */
export function decideKnown(known: Known, { project, journeys }: CompiledBundle, now: number): SendDecision {
  const { touch, person, address, suppressed, calendar } = known;
  const { state = "stopped" } = journeys.find(({ name }) => name === touch.journey) ?? {};
  if (state === "stopped") return { kind: "stop", reason: "journey_stopped" };
  if (state === "paused") {
    return { kind: "wait", until: lookAgainAt(touch.requestedAt, now), reason: "journey_paused" };
  }
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
