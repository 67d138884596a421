import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { FactStream } from "#domain/ports/streams.ts";
import type { TimerStore } from "#domain/ports/timer-store.ts";
import { leaveEverything, nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishOutbox } from "#domain/profile/commit-profile.ts";
import { mergeStates } from "#domain/profile/merge.ts";
import { dropTimer, saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { ProfileMergedFact } from "#events/fact.ts";
import { isOlder, refuseMerge } from "./merge-rules.ts";

export interface MergePorts {
  readonly profiles: ProfileStore;
  readonly timers: TimerStore;
  readonly identities: IdentityStore;
  readonly facts: FactStream;
  readonly definitions: { get(): Promise<CompiledBundle>; atLeast(version: number): Promise<CompiledBundle> };
  readonly now: () => number;
}

/** Conflicts mean that others made progress; more of them than this is a fault of ours. */
const MAX_STEPS = 500;

/** Records in the older of two people that it will absorb the other: this reserves the loser's identifiers, so that two
 *  unique identifiers cannot meet in one person however workers interleave. The first of the four steps of a merge
 *  (model.md §2); `finishMerges` does the others. */
export async function recordIntent(ports: MergePorts, a: Profile, b: Profile): Promise<"saved" | "conflict"> {
  const [winner, loser] = isOlder(a, b) ? [a, b] : [b, a];
  return ports.profiles.save(withIntent(winner, loser));
}

/** Brings every merge that this person is in the middle of to its end, and gives back the root: the living person, or
 *  one that an un-merge has taken apart (`finishSplit` then helps that). */
export async function finishMerges(ports: MergePorts, id: ProfileId): Promise<Profile> {
  for (let step = 0; step < MAX_STEPS; step++) {
    const { root, owed } = await loadMerges(ports.profiles, id);
    if (!root) throw new Error(`no profile ${id}`);
    if (root.split) return root;
    if (owed) await absorb(ports, owed, root);
    else if (root.intent) await settleIntent(ports, root);
    else return root;
  }
  throw new Error(`the merges of ${id} did not come to an end in ${MAX_STEPS} steps`);
}

/** The root that a person leads to, and the next person on the way whom the root has not absorbed: the one nearest to
 *  the root, for absorbing a grandchild first would count it twice, once more through its parent. */
async function loadMerges(
  profiles: ProfileStore,
  id: ProfileId,
): Promise<{ root: Profile | undefined; owed: Profile | undefined }> {
  const way: Profile[] = [];
  let root: Profile | undefined;
  for (let next: ProfileId | undefined = id; next !== undefined; next = root?.mergedInto) {
    root = (await profiles.load([next])).get(next);
    if (root) way.push(root);
  }
  const owed = way.toReversed().find((person) => person !== root && !root?.state.absorbed.has(person.id));
  return { root, owed };
}

/** Freezes the loser of an intent, or drops the intent for a reason that will never pass. */
async function settleIntent(ports: MergePorts, winner: Profile): Promise<void> {
  const { intent } = winner;
  if (!intent) return;
  const loser = (await ports.profiles.load([intent.loser])).get(intent.loser);
  const { identityLimits } = await ports.definitions.get();
  // A loser that an un-merge has taken apart meanwhile is no more: the people it became have its events.
  const mayMerge =
    loser !== undefined &&
    loser.split === undefined &&
    refuseMerge(ownIdentifiers(winner), ownIdentifiers(loser), identityLimits) === undefined;
  if (loser?.mergedInto !== undefined) {
    const { owed, root } = await loadMerges(ports.profiles, loser.id);
    if (owed && root) await absorb(ports, owed, root);
    else await dropIntent(ports, winner);
  } else if (loser?.intent && mayMerge) {
    // A loser that is busy with an intent of its own is helped first: dropping ours would let a stalled worker freeze it
    // into a winner that has meanwhile gained another unique identifier.
    await settleIntent(ports, loser);
  } else if (loser && mayMerge && isOlder(winner, loser)) {
    const reserved = new Set(intent.identifiers);
    const grew = [...loser.state.identifiers.keys()].some((key) => !reserved.has(key));
    if (grew) await ports.profiles.save(withIntent(winner, loser));
    else await ports.profiles.save({ ...loser, version: loser.version + 1, mergedInto: winner.id });
  } else {
    await dropIntent(ports, winner);
  }
}

/** Adds the frozen loser's state to its root, exactly once: the root's `absorbed` set remembers. With it go the facts
 *  that the loser still owes and its leaving of all its memberships; its identifiers are pointed at the root. */
async function absorb(ports: MergePorts, loser: Profile, root: Profile): Promise<void> {
  await publishOutbox(ports, root);
  const bundle = await bundleOf(ports, Math.max(root.bundleVersion, loser.bundleVersion));
  const now = ports.now();
  const merged = mergeStates(root.state, loser.state, bundle.features);
  const state = { ...merged, absorbed: merged.absorbed.union(new Set([loser.id])) };
  const filledTo = Math.min(root.filledTo ?? 0, loser.filledTo ?? 0);
  const intent = root.intent?.loser === loser.id ? undefined : root.intent;
  const fact: ProfileMergedFact = {
    kind: "profile-merged",
    factId: `${root.id}:${root.version + 1}:merged`,
    profileId: root.id,
    version: root.version + 1,
    at: now,
    merged: loser.id,
  };
  const owed = [...loser.outbox, ...leaveEverything(loser, now), fact];
  const next = nextVersion({ ...root, outbox: [] }, { state, intent, filledTo }, now, bundle, owed);
  if ((await saveProfile(ports, root, next)) === "conflict") return;
  await publishOutbox(ports, next);
  await Promise.all(
    Array.from(loser.state.identifiers.keys(), (key) => ports.identities.repoint(key, loser.id, root.id)),
  );
  // Until here the loser's timer would have brought somebody to help.
  if (loser.timerAt !== undefined) await dropTimer(ports.timers, loser.id, loser.timerAt, loser.version);
}

function withIntent(winner: Profile, loser: Profile): Profile {
  const intent = { loser: loser.id, identifiers: [...loser.state.identifiers.keys()] };
  return { ...winner, version: winner.version + 1, intent };
}

async function dropIntent({ profiles }: MergePorts, winner: Profile): Promise<void> {
  await profiles.save({ ...winner, version: winner.version + 1, intent: undefined });
}

function ownIdentifiers({ state }: Profile) {
  return { identifiers: state.identifiers.keys(), merges: state.absorbed.size };
}

/** A worker whose definitions are older than those that evaluated a person reloads before it writes. */
export async function bundleOf(
  { definitions }: Pick<MergePorts, "definitions">,
  version: number,
): Promise<CompiledBundle> {
  const bundle = await definitions.get();
  return version > bundle.version ? definitions.atLeast(version) : bundle;
}
