import type { Profile } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import { strongestOf } from "#domain/touches/outcome-event.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { OWN_SOURCE } from "#events/own-source.ts";

/** What somebody says of one purpose on one channel (`*`: all of them). */
export interface Statement {
  readonly purpose: string;
  readonly channel: string;
  readonly granted: boolean;
}

/** How it came to us. */
export interface Hearing {
  /** Different for every statement: somebody may change their mind twice in a minute, and each time it counts. */
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The calendar of the project. */
  readonly calendar: Calendar;
  /** Who recorded it: `preference-page`, `one-click`, the name of an operator. */
  readonly collectedBy: string;
  readonly textVersion?: string;
  readonly proof?: string;
  /** True where the person did it at this moment, which shows that they are there. */
  readonly byPerson: boolean;
}

/** The id of the event that a statement becomes. */
export function consentMessageId(id: string): string {
  return `strata:consent:${id}`;
}

/** A statement as an event of the source `strata`, by which alone a consent changes: the fold writes it into the ledger
 *  and the profile. Undefined where the person has no identifier by which the fold could find them. Pure but for `newId`. */
export function consentEvent(
  person: Profile,
  { purpose, channel, granted }: Statement,
  hearing: Hearing,
): CollectedEvent | undefined {
  const identifier = strongestOf(person);
  if (!identifier) return undefined;
  const { now, collectedBy, textVersion, proof } = hearing;
  const how = {
    collectedBy,
    ...(textVersion !== undefined && { textVersion }),
    ...(proof !== undefined && { proof }),
  };
  const said = { purpose, channel, granted, ...how };
  const isUnsubscribing = !granted && purpose === "marketing";
  return {
    messageId: consentMessageId(hearing.newId()),
    type: "track",
    event: isUnsubscribing ? "Unsubscribed" : "Consent Updated",
    identifiers: [identifier],
    at: now,
    receivedAt: now,
    day: hearing.calendar.dayOf(now),
    source: { name: OWN_SOURCE, type: "server" },
    activity: hearing.byPerson,
    properties: { ...said },
    consent: said,
  };
}
