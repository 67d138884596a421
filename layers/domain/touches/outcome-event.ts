import { groupEvents } from "#domain/collect/group-events.ts";
import type { EventStream } from "#domain/ports/streams.ts";
import type { Profile } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { OWN_SOURCE } from "#events/own-source.ts";
import type { Touch } from "./touch.ts";

/** The platform's own events about a touch (definitions.md). */
export type OutcomeName = "Sent" | "Delivered" | "Opened" | "Clicked" | "Bounced" | "Complained";

/** What a person does; everything else is done by machines and is no activity. */
const DONE_BY_PEOPLE: ReadonlySet<OutcomeName> = new Set<OutcomeName>(["Opened", "Clicked"]);

export interface Outcome {
  readonly name: OutcomeName;
  readonly touch: Touch;
  /** Whom it is about today: merges followed. */
  readonly person: Profile;
  /** When it happened: milliseconds since 1970. */
  readonly at: number;
  /** The calendar of the project. */
  readonly calendar: Calendar;
  readonly now: number;
  /** Tells apart what may happen more than once to a touch: a receipt's id, a click's minute. Default: it happens once. */
  readonly occurrence?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** An outcome as an event of the source `strata`. Its messageId follows from the touch, so that a receipt which comes twice
 *  counts once. Undefined where the person has no identifier by which the fold could find them. */
export function outcomeEvent(outcome: Outcome): CollectedEvent | undefined {
  const { name, touch, person, at, calendar, now, occurrence, properties } = outcome;
  const identifier = strongestOf(person);
  if (!identifier) return undefined;
  return {
    messageId: ["strata", touch.id, name.toLowerCase(), ...(occurrence === undefined ? [] : [occurrence])].join(":"),
    type: "track",
    event: `Message ${name}`,
    identifiers: [identifier],
    at,
    receivedAt: now,
    day: calendar.dayOf(at),
    source: { name: OWN_SOURCE, type: "server" },
    // A robot that opens a message is nobody's activity.
    activity: DONE_BY_PEOPLE.has(name) && properties?.automated !== true,
    properties: {
      ...properties,
      touchId: touch.id,
      channel: touch.channel,
      journey: touch.journey,
      category: touch.category,
      template: touch.template,
    },
  };
}

/** Puts outcomes into the event stream. Throws StreamUnavailableError: then the same may be put again. */
export async function putOutcomes(events: EventStream, outcomes: readonly Outcome[]): Promise<void> {
  const collected = outcomes.map(outcomeEvent).filter((event) => event !== undefined);
  if (collected.length > 0) await events.put(groupEvents(collected));
}

/** One identifier is enough for the fold to find the person; more of them could only link. A user's id before an address,
 *  the one known longest. */
export function strongestOf({ state }: Pick<Profile, "state">): [type: string, value: string] | undefined {
  const known = [...state.identifiers].map(([key, since]) => ({ ...splitIdentifier(key), since }));
  const rank = (type: string) => (type === "userId" ? 0 : type === "anonymousId" ? 2 : 1);
  const [first] = known.toSorted(
    (a, b) => rank(a.type) - rank(b.type) || a.since - b.since || (a.value < b.value ? -1 : 1),
  );
  return first && [first.type, first.value];
}
