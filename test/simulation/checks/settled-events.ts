import { keyOf } from "#domain/identity/plan-claims.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import type { IdentifierKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type Journal, rootOf } from "./journal.ts";

/** The events of each living person, by the person that the strongest identifier of each leads to. */
export function eventsByPerson(
  journal: Journal,
  index: ReadonlyMap<IdentifierKey, ProfileId>,
): Map<ProfileId, CollectedEvent[]> {
  const byPerson = new Map<ProfileId, CollectedEvent[]>();
  for (const [messageId, { events }] of journal.firstRecord) {
    const event = events.find((one) => one.messageId === messageId);
    if (!event?.identifiers[0]) continue;
    const owner = rootOf(journal.people, index.get(keyOf(event.identifiers[0])));
    if (owner) byPerson.set(owner.id, [...(byPerson.get(owner.id) ?? []), event]);
  }
  return byPerson;
}

/** The events that a state says it has counted. */
export function eventsIn(journal: Journal, { state }: Pick<Profile, "state">): CollectedEvent[] {
  return [...state.seen.keys()].flatMap((hash) => {
    const messageId = journal.messages.get(hash);
    const events = messageId === undefined ? [] : (journal.firstRecord.get(messageId)?.events ?? []);
    return events.filter((event) => hashMessageId(event.messageId) === hash);
  });
}
