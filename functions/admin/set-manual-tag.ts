import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { commitProfile, publishOutbox } from "#domain/profile/commit-profile.ts";
import type { Profile } from "#domain/profile/state.ts";
import { AdminError } from "./admin-error.ts";
import { auditChange } from "./audit-change.ts";
import { settleProfile } from "./find-profile.ts";
import type { AdminPorts } from "./ports.ts";
import type { Actor } from "./route.ts";

/** The fold writes the same person; it is slower than this many rereads. */
const MAX_ATTEMPTS = 10;

/** Puts a tag on a person by hand, or takes it off, in one conditional write; facts follow through the outbox. Throws
 *  AdminError 404 `tag_unknown` or `profile_unknown`, 409 `tag_has_rule` or 503 `profile_busy`. */
export async function setManualTag(
  by: { actor: Actor; requestId: string; now: number },
  tag: { profileId: string; name: string; on: boolean },
  ports: AdminPorts,
): Promise<{ profile: Profile; changed: boolean }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await settleProfile(tag.profileId, ports);
    // Nothing is written over an outbox that is still owed.
    await publishOutbox(ports, before);
    const bundle = await ports.inForce();
    checkManual(bundle, tag.name);
    // Whoever wrote it knew later definitions than were read here: read both again.
    if (before.bundleVersion > bundle.version) continue;
    const set = before.state.manualTags.get(tag.name);
    if ((set?.on ?? false) === tag.on) return { profile: before, changed: false };
    // Later than what it replaces even if the clocks of two machines disagree: the last writer wins.
    const at = Math.max(by.now, (set?.at ?? 0) + 1);
    const manualTags = new Map(before.state.manualTags).set(tag.name, { on: tag.on, at, by: by.actor.name });
    const next = nextVersion(before, { state: { ...before.state, manualTags } }, by.now, bundle);
    if (await commitOnce(by, tag, before, next, ports)) return { profile: next, changed: true };
  }
  throw new AdminError(503, "profile_busy", "others kept writing this profile; try again", {
    headers: { "retry-after": "1" },
  });
}

/** False where another writer was faster. */
async function commitOnce(
  by: { actor: Actor; requestId: string; now: number },
  { name, on }: { name: string; on: boolean },
  before: Profile,
  next: Profile,
  ports: AdminPorts,
): Promise<boolean> {
  const lost = new AdminError(409, "profile_changed_meanwhile", "another writer was faster");
  const what = {
    action: on ? "tag.put" : "tag.remove",
    target: next.id,
    details: { tag: name, version: next.version },
  };
  try {
    return await auditChange(by, what, ports, async () => {
      if ((await commitProfile(ports, before, next)) === "conflict") throw lost;
      return { result: true };
    });
  } catch (error) {
    if (error === lost) return false;
    throw error;
  }
}

function checkManual({ memberships }: CompiledBundle, name: string): void {
  const tag = memberships.find(
    (candidate) => (candidate.kind === "tag" || candidate.kind === "valued") && candidate.name === name,
  );
  if (!tag) {
    throw new AdminError(404, "tag_unknown", `there is no tag named ${JSON.stringify(name)}`, {
      details: { hint: `PUT /admin/v1/definitions/tag/${name} with {} defines one that is set by hand` },
    });
  }
  if (tag.kind !== "tag" || tag.rule !== undefined) {
    throw new AdminError(409, "tag_has_rule", `${name} has a rule or a value, which alone says who is in it`);
  }
}
