import { consentEntriesOf } from "#domain/consents/ledger.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { ConsentStore } from "#domain/ports/consent-store.ts";
import { leaveEverything, nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishOutbox } from "#domain/profile/commit-profile.ts";
import { emptyState } from "#domain/profile/empty-state.ts";
import { foldEvents } from "#domain/profile/fold.ts";
import { hashMessageId } from "#domain/profile/message-hash.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { IdentifierKey, Profile, ProfileId, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { Fact, ProfileMergedFact } from "#events/fact.ts";
import { bundleOf, finishMerges, type MergePorts } from "./merge-people.ts";
import { keyOf } from "./plan-claims.ts";
import { profileIdOf } from "./profile-id.ts";

export interface SplitPorts extends MergePorts {
  readonly activity: ActivityStore;
  readonly consents: Pick<ConsentStore, "append">;
}

const DAY_MS = 86_400_000;
const EVENTS_A_PAGE = 500;
const MAX_ATTEMPTS = 50;

export class UnmergeError extends Error {
  override readonly name = "UnmergeError";
  readonly code: "not_merged" | "events_not_retained" | "unmerge_contended";
  constructor(code: "not_merged" | "events_not_retained" | "unmerge_contended", message: string) {
    super(message);
    this.code = code;
  }
}

/** Takes a wrong merge apart: the person with this id and `loserId`, whom it once absorbed, become two people again,
 *  both rebuilt from their own events, each event with whoever held its strongest identifier before (model.md §2). Both
 *  get new ids. The first write marks the old person as split; whoever then meets it finishes the work. Throws
 *  UnmergeError: `not_merged`, `events_not_retained` where the behaviour log no longer reaches back to their beginning. */
export async function unmerge(ports: SplitPorts, id: ProfileId, loserId: ProfileId): Promise<Profile["split"]> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const root = await finishMerges(ports, id);
    if (root.split?.loser === loserId) return finishSplit(ports, root);
    const loser = (await ports.profiles.load([loserId])).get(loserId);
    if (!loser || root.split || !root.state.absorbed.has(loserId)) {
      throw new UnmergeError("not_merged", `${loserId} was not merged into ${id}`);
    }
    await checkRetained(ports, root);
    await publishOutbox(ports, root);
    const generation = `${root.id}:${root.version + 1}` as const;
    const { taken, kept } = sidesOf(root, loser);
    const split = {
      loser: loserId,
      taken: profileIdOf(first(taken, loser), generation),
      kept: profileIdOf(first(kept, root), generation),
    };
    const marked = { ...root, version: root.version + 1, outbox: [], split };
    if ((await ports.profiles.save(marked)) === "saved") return finishSplit(ports, marked);
  }
  throw new UnmergeError("unmerge_contended", `${id} kept changing`);
}

/** Finishes an un-merge that was begun; doing it again changes nothing. */
export async function finishSplit(ports: SplitPorts, root: Profile): Promise<Profile["split"]> {
  const { split } = root;
  if (!split) return undefined;
  const loser = (await ports.profiles.load([split.loser])).get(split.loser);
  if (!loser) throw new Error(`no profile ${split.loser}`);
  const sides = sidesOf(root, loser);
  const bundle = await bundleOf(ports, Math.max(root.bundleVersion, loser.bundleVersion));
  const family = new Set([root.id, ...root.state.absorbed]);
  const apart = new Set(root.state.identifiers.keys());
  // Whom each side had absorbed stays with it: a second wrong merge can then be taken apart too.
  const absorbedByLoser = new Set([loser.id, ...loser.state.absorbed]);
  const taken = { keys: sides.taken, like: loser, absorbed: loser.state.absorbed, owed: [] };
  const kept = {
    keys: sides.kept,
    like: root,
    absorbed: root.state.absorbed.difference(absorbedByLoser),
    owed: [...leaveEverything(root, ports.now()), takesPlaceOf(split.kept, root, ports.now())],
  };
  await begin(ports, { ...taken, family, apart, bundle }, split.taken);
  await begin(ports, { ...kept, family, apart, bundle }, split.kept);
  await repoint(ports, sides.taken, family, split.taken);
  await repoint(ports, sides.kept, family, split.kept);
  return split;
}

/** Whoever goes on for somebody who is no more has what others keep of that person: journeys, for one. */
function takesPlaceOf(kept: ProfileId, root: Profile, at: number): ProfileMergedFact {
  const version = 1;
  return { kind: "profile-merged", factId: `${kept}:${version}:merged`, profileId: kept, version, at, merged: root.id };
}

/** Who had which identifier: what the loser held when it was frozen, and all others. */
function sidesOf(root: Profile, loser: Profile) {
  const taken = new Map<IdentifierKey, number>();
  const kept = new Map<IdentifierKey, number>();
  for (const [key, since] of root.state.identifiers) {
    (loser.state.identifiers.has(key) ? taken : kept).set(key, since);
  }
  return { taken, kept };
}

function first(keys: ReadonlyMap<IdentifierKey, number>, person: Profile): IdentifierKey {
  const [key] = keys.keys();
  return key ?? (`profile:${person.id}` as IdentifierKey);
}

interface Beginning {
  readonly family: ReadonlySet<ProfileId>;
  readonly keys: ReadonlyMap<IdentifierKey, number>;
  readonly apart: ReadonlySet<IdentifierKey>;
  readonly absorbed: ReadonlySet<ProfileId>;
  readonly like: Profile;
  readonly owed: readonly Fact[];
  readonly bundle: CompiledBundle;
}

/** Begins one of the two people from its own events, unless it has begun already. */
async function begin(ports: SplitPorts, from: Beginning, id: ProfileId): Promise<void> {
  const there = (await ports.profiles.load([id])).get(id);
  if (there) return publishOutbox(ports, there);
  const { bundle, like } = from;
  let state: ProfileState = {
    ...emptyState(),
    identifiers: from.keys,
    absorbed: from.absorbed,
    separated: like.state.separated.union(from.apart),
    manualTags: like.state.manualTags,
  };
  // The behaviour log may hold an event twice, and the state remembers only the newest: here each is known by its id.
  const met = new Set<bigint>();
  for (const person of from.family) {
    for await (const events of eventsOf(ports.activity, person)) {
      const own = events.filter(({ messageId, identifiers: [strongest] }) => {
        if (!strongest || !from.keys.has(keyOf(strongest)) || met.has(hashMessageId(messageId))) return false;
        met.add(hashMessageId(messageId));
        return true;
      });
      const folded = foldEvents(state, own, bundle.features);
      state = folded.state;
      await ports.consents.append(id, consentEntriesOf(folded.applied));
      await ports.activity.append(id, folded.applied, bundle.project.activityDays);
    }
  }
  const { createdAt, bundleVersion } = like;
  const before: Profile = {
    id,
    version: 0,
    createdAt,
    bundleVersion,
    // Every event that is still in the log is folded by these definitions.
    filledTo: bundle.version,
    state: emptyState(),
    memberships: new Map(),
    reviewAt: Infinity,
    outbox: [],
  };
  const person = nextVersion(before, { state }, ports.now(), bundle, from.owed);
  if ((await saveProfile(ports, before, person)) === "saved") await publishOutbox(ports, person);
}

async function* eventsOf(activity: ActivityStore, person: ProfileId): AsyncGenerator<CollectedEvent[]> {
  let cursor: string | undefined;
  do {
    const page = await activity.list(person, { limit: EVENTS_A_PAGE, ...(cursor !== undefined && { cursor }) });
    yield page.events;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Points identifiers at their new person, wherever in the old family they pointed; one that was reserved but never
 *  claimed is claimed now, so that a worker that still means to claim it for the old person loses. */
async function repoint(
  ports: SplitPorts,
  keys: ReadonlyMap<IdentifierKey, number>,
  family: ReadonlySet<ProfileId>,
  to: ProfileId,
): Promise<void> {
  const pointers = await ports.identities.find([...keys.keys()]);
  await Promise.all(
    Array.from(keys.keys(), async (key) => {
      const from = pointers.get(key);
      if (from === undefined) await ports.identities.claim(key, to);
      else if (family.has(from)) await ports.identities.repoint(key, from, to);
    }),
  );
}

/** Events are kept for a while after they were received, and nobody receives events before they are created. */
async function checkRetained(ports: SplitPorts, root: Profile): Promise<void> {
  const { project } = await ports.definitions.get();
  const family = await ports.profiles.load([...root.state.absorbed]);
  const oldest = Math.min(root.createdAt, ...Array.from(family.values(), ({ createdAt }) => createdAt));
  if (oldest < ports.now() - project.activityDays * DAY_MS) {
    throw new UnmergeError("events_not_retained", "the behaviour log no longer holds all events of these people");
  }
}
