import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { type FactStream, StreamUnavailableError } from "#domain/ports/streams.ts";
import type { Profile, ProfileId } from "./state.ts";

interface OutboxPorts {
  readonly profiles: ProfileStore;
  readonly facts: FactStream;
}

/** Publishes what these people owe, then clears their outboxes. Returns why it could not, for each person whose facts
 *  are still owed: the events behind them must be delivered again. */
export async function publishOutboxes(
  { profiles, facts }: OutboxPorts,
  people: readonly Profile[],
): Promise<Map<ProfileId, unknown>> {
  const owing = people.filter(({ outbox }) => outbox.length > 0);
  if (owing.length === 0) return new Map();
  const failures = new Map<ProfileId, unknown>();
  let unpublished: Set<ProfileId>;
  try {
    unpublished = await facts.publish(owing.map(({ id, outbox }) => ({ profileId: id, facts: outbox })));
  } catch (error) {
    return new Map(owing.map(({ id }) => [id, error]));
  }
  await Promise.all(
    owing.map(async ({ id, version }) => {
      if (unpublished.has(id)) {
        failures.set(id, new StreamUnavailableError("stream_throttled"));
        return;
      }
      try {
        // A conflict means that a later writer has seen this outbox and published it too.
        await profiles.clearOutbox(id, version);
      } catch (error) {
        failures.set(id, error);
      }
    }),
  );
  return failures;
}

/** Publishes what an earlier worker left behind in these people, before anything is written over it. Returns why it
 *  could not, for each person who must therefore wait. Outboxes that this batch itself wrote a round ago are published
 *  like the others. */
export async function publishLeftOver(
  ports: OutboxPorts,
  people: Map<ProfileId, Profile>,
  written: Map<ProfileId, unknown>,
): Promise<Map<ProfileId, unknown>> {
  const failures = await publishOutboxes(ports, [...people.values()]);
  for (const [id, person] of people) {
    if (failures.has(id) || person.outbox.length === 0) continue;
    people.set(id, { ...person, outbox: [] });
    written.delete(id);
  }
  return failures;
}
