import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { type FactStream, StreamUnavailableError } from "#domain/ports/streams.ts";
import { type SavePorts, saveProfile } from "./save-profile.ts";
import type { Profile } from "./state.ts";

interface OutboxPorts {
  readonly profiles: ProfileStore;
  readonly facts: FactStream;
}

/** Writes the version that follows `before` and sees its outbox through: timer, save, publish, clear. Throws
 *  StreamUnavailableError where the facts could not be published: they stay in the outbox, and whoever next loads the
 *  profile for writing publishes them first. */
export async function commitProfile(
  ports: SavePorts & OutboxPorts,
  before: Profile,
  next: Profile,
): Promise<"saved" | "conflict"> {
  if ((await saveProfile(ports, before, next)) === "conflict") return "conflict";
  await publishOutbox(ports, next);
  return "saved";
}

/** Publishes and clears what an earlier write left in the outbox. Nothing may be written over an outbox before this. */
export async function publishOutbox(ports: OutboxPorts, profile: Profile): Promise<void> {
  if (profile.outbox.length === 0) return;
  const unpublished = await ports.facts.publish([{ profileId: profile.id, facts: profile.outbox }]);
  if (unpublished.size > 0) throw new StreamUnavailableError("stream_throttled");
  await ports.profiles.clearOutbox(profile.id, profile.version);
}
