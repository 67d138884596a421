import { settleLiving } from "#domain/identity/find-living.ts";
import { bundleOf } from "#domain/identity/merge-people.ts";
import { findHandTarget } from "#domain/imports/find-target.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { commitProfile, publishOutbox } from "#domain/profile/commit-profile.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import type { Effect } from "./run.ts";

/** The fold writes the same person; it is slower than this many rereads. */
const MAX_ATTEMPTS = 20;

/** Puts a tag on a person or takes it off, as a hand does; facts follow through the outbox. Whoever set it later than the
 *  journey decided has the last word, so that doing it again changes nothing. A tag that is not there any more, or has
 *  a rule now, is left alone. */
export async function setTag(
  ports: JourneyPorts,
  id: ProfileId,
  { name, on, at }: Extract<Effect, { kind: "tag" }>,
  by: string,
): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await settleLiving(ports, id);
    if (!before) return;
    await publishOutbox(ports, before);
    const bundle = await bundleOf(ports, before.bundleVersion);
    const target = findHandTarget(bundle, "tag", name);
    if (typeof target === "string") return;
    const set = before.state.manualTags.get(target.entry);
    if (set && (set.at >= at || set.on === on)) return;
    if (!set && !on) return;
    const manualTags = new Map(before.state.manualTags).set(target.entry, { on, at, by });
    const next = nextVersion(before, { state: { ...before.state, manualTags } }, ports.now(), bundle);
    if ((await commitProfile(ports, before, next)) === "saved") return;
  }
  throw new Error(`others kept writing ${id}`);
}
