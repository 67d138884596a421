import { consentEntriesOf } from "#domain/consents/ledger.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { eventFacts } from "#domain/journeys/event-facts.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import type { FoldPorts, Task } from "./fold-batch.ts";
import { followEvents } from "./follow-events.ts";

/** Folds one person's events of a batch, in order, in one conditional write. The consent ledger and the behaviour log are
 *  written first: they may then hold an event that came to nothing, never miss one that counted. */
export async function foldPerson(
  ports: FoldPorts,
  before: Profile,
  tasks: readonly Task[],
  bundle: CompiledBundle,
): Promise<{ profile: Profile; unfoldable: FailedEvent[] } | "lost"> {
  const now = ports.now();
  const { state, applied, unfoldable } = foldAll(
    before.state,
    tasks.map(({ event }) => event),
    bundle,
    now,
  );
  ports.count("DuplicatesDropped", tasks.length - applied.length - unfoldable.length);
  if (applied.length === 0) return { profile: { ...before, outbox: [] }, unfoldable };
  await ports.consents.append(before.id, consentEntriesOf(applied));
  await ports.activity.append(before.id, applied, bundle.project.activityDays);
  await followEvents(ports, before, state, applied);
  const heard = eventFacts({ profileId: before.id, version: before.version + 1, at: now }, applied, bundle.journeys);
  const profile = nextVersion(before, { state }, now, bundle, heard);
  if ((await saveProfile(ports, before, profile)) === "conflict") return "lost";
  ports.count("EventsFolded", applied.length);
  if (state.truncated.has("seen")) ports.count("DedupeMemoryTruncated", 1);
  return { profile, unfoldable };
}

/** Folds all at once; if that throws, one by one, so that an event which can never be folded does not stop the others. */
function foldAll(
  before: ProfileState,
  events: readonly CollectedEvent[],
  bundle: CompiledBundle,
  now: number,
): { state: ProfileState; applied: CollectedEvent[]; unfoldable: FailedEvent[] } {
  try {
    return { ...foldEvents(before, events, bundle.features), unfoldable: [] };
  } catch {
    const applied: CollectedEvent[] = [];
    const unfoldable: FailedEvent[] = [];
    let state = before;
    for (const event of events) {
      try {
        const next = foldEvents(state, [event], bundle.features);
        state = next.state;
        applied.push(...next.applied);
      } catch (error) {
        unfoldable.push({ stage: "fold", code: "event_unfoldable", message: String(error), failedAt: now, event });
      }
    }
    return { state, applied, unfoldable };
  }
}
