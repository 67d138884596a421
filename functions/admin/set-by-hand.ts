import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { findHandTarget, type HandTarget } from "#domain/imports/find-target.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { commitProfile, publishOutbox } from "#domain/profile/commit-profile.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { AdminError } from "./admin-error.ts";
import { auditChange } from "./audit-change.ts";
import { settleProfile } from "./find-profile.ts";
import type { AdminPorts } from "./ports.ts";
import type { Actor } from "./route.ts";

/** The fold writes the same person; it is slower than this many rereads. */
const MAX_ATTEMPTS = 10;

/** What a hand does: puts a person into a tag or a static segment, or takes the person out. */
export interface HandMove {
  readonly profileId: string;
  readonly kind: HandTarget["kind"];
  readonly name: string;
  readonly on: boolean;
}

/** Puts a person into a tag or a static segment by hand, or takes the person out, in one conditional write; facts follow
 *  through the outbox. Throws AdminError 404 `profile_unknown` or 503 `profile_busy`, and as `checkByHand`. */
export async function setByHand(
  by: { actor: Actor; requestId: string; now: number },
  move: HandMove,
  ports: AdminPorts,
): Promise<{ profile: Profile; key: MembershipKey; changed: boolean }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await settleProfile(move.profileId, ports);
    // Nothing is written over an outbox that is still owed.
    await publishOutbox(ports, before);
    const bundle = await ports.inForce();
    const { key, entry } = checkByHand(bundle, move.kind, move.name);
    // Whoever wrote it knew later definitions than were read here: read both again.
    if (before.bundleVersion > bundle.version) continue;
    const set = before.state.manualTags.get(entry);
    if ((set?.on ?? false) === move.on) return { profile: before, key, changed: false };
    // Later than what it replaces even if the clocks of two machines disagree: the last writer wins.
    const at = Math.max(by.now, (set?.at ?? 0) + 1);
    const manualTags = new Map(before.state.manualTags).set(entry, { on: move.on, at, by: by.actor.name });
    const next = nextVersion(before, { state: { ...before.state, manualTags } }, by.now, bundle);
    if (await commitOnce(by, move, before, next, ports)) return { profile: next, key, changed: true };
  }
  throw new AdminError(503, "profile_busy", "others kept writing this profile; try again", {
    headers: { "retry-after": "1" },
  });
}

/** False where another writer was faster. */
async function commitOnce(
  by: { actor: Actor; requestId: string; now: number },
  { kind, name, on }: HandMove,
  before: Profile,
  next: Profile,
  ports: AdminPorts,
): Promise<boolean> {
  const lost = new AdminError(409, "profile_changed_meanwhile", "another writer was faster");
  const what = {
    action: `${kind}.${on ? "put" : "remove"}`,
    target: next.id,
    details: { [kind]: name, version: next.version },
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

/** Throws AdminError 404 `tag_unknown` or `segment_unknown`, 409 `tag_has_rule` or `segment_has_rule`. */
export function checkByHand(bundle: CompiledBundle, kind: HandTarget["kind"], name: string): HandTarget {
  const target = findHandTarget(bundle, kind, name);
  if (typeof target !== "string") return target;
  if (target === `${kind}_unknown`) {
    const body = kind === "tag" ? "{}" : '{"static":true}';
    throw new AdminError(404, target, `there is no ${kind} named ${JSON.stringify(name)}`, {
      details: { hint: `PUT /admin/v1/definitions/${kind}/${name} with ${body} defines one that is set by hand` },
    });
  }
  throw new AdminError(
    409,
    target,
    `${name} has a rule${kind === "tag" ? " or a value" : ""}, which alone says who is in it`,
  );
}
