import type { ProfileStore } from "#domain/ports/profile-store.ts";
import { type FactStream, StreamUnavailableError } from "#domain/ports/streams.ts";
import type { Profile } from "./state.ts";

interface CommitPorts {
  readonly profiles: ProfileStore;
  readonly facts: FactStream;
}

/** Writes one profile and sees its outbox through: save on the version before, publish, clear. Throws
 *  StreamUnavailableError where the facts could not be published: they stay in the outbox, and whoever next loads the
 *  profile for writing publishes them first. */
export async function commitProfile(ports: CommitPorts, profile: Profile): Promise<"saved" | "conflict"> {
  if ((await ports.profiles.save(profile)) === "conflict") return "conflict";
  await publishOutbox(ports, profile);
  return "saved";
}

/** Publishes and clears what an earlier write left in the outbox. Nothing may be written over an outbox before this. */
export async function publishOutbox(ports: CommitPorts, profile: Profile): Promise<void> {
  if (profile.outbox.length === 0) return;
  const unpublished = await ports.facts.publish([{ profileId: profile.id, facts: profile.outbox }]);
  if (unpublished.size > 0) throw new StreamUnavailableError("stream_throttled");
  await ports.profiles.clearOutbox(profile.id, profile.version);
}
