import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { bundleOf, finishMerges, recordIntent } from "#domain/identity/merge-people.ts";
import { mergeableOf } from "#domain/identity/merge-rules.ts";
import { type ClaimPlan, keyOf, planClaims } from "#domain/identity/plan-claims.ts";
import { finishSplit, type SplitPorts } from "#domain/identity/split-people.ts";
import type { ConflictStore } from "#domain/ports/conflict-store.ts";
import { isRetriable } from "#domain/ports/store-error.ts";
import { publishLeftOver, publishOutboxes } from "#domain/profile/publish-outboxes.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { foldPerson } from "./fold-person.ts";
import type { FollowPorts } from "./follow-events.ts";
import { loadRoots, type Roots } from "./load-roots.ts";
import { reservePerson } from "./reserve-person.ts";
import { sumRefusals } from "./sum-refusals.ts";

export interface FoldPorts extends SplitPorts, FollowPorts {
  readonly conflicts: ConflictStore;
  /** Counts something that an operator watches. */
  readonly count: (metric: FoldMetric, n: number) => void;
}
export type FoldMetric =
  | "EventsFolded"
  | "DuplicatesDropped"
  | "LinksRefused"
  | "PeopleMerged"
  | "DedupeMemoryTruncated"
  | "WriteConflicts"
  | "FactRecordsGivenUp";

/** Events of one person in one write: those that journeys hear of lie in the person's item until they are published. */
const MAX_EVENTS_A_WRITE = 1000;

/** One event of the batch on its way: `folded` and `failed` are final. */
export interface Task {
  readonly event: CollectedEvent;
  readonly previousId: string | undefined;
  state: "waiting" | "folded" | "failed";
  error?: unknown;
}

/** A conflict means that another worker made progress, so rounds are few; the bound is against a fault of ours. */
const MAX_ROUNDS = 200;

/** What a batch has done so far: people whose facts are still to be published, and what can never be folded. */
interface Progress {
  readonly written: Map<ProfileId, { profile: Profile; tasks: Task[] }>;
  readonly unfoldable: FailedEvent[];
  readonly refusals: ClaimPlan["refusals"][number][];
}

/** Folds a batch of events: claims identifiers and merges the people that events link, then folds each person's events
 *  in order in one write, then publishes what changed. Every event ends `folded` (its effect is durable and its facts
 *  published), or `failed` with the error that a retry may overcome, or in `unfoldable` with the reason for which none can. */
export async function foldBatch(
  ports: FoldPorts,
  events: readonly CollectedEvent[],
): Promise<{ tasks: Task[]; unfoldable: FailedEvent[] }> {
  const tasks = events.map((event): Task => ({ event, previousId: previousIdOf(event), state: "waiting" }));
  const progress: Progress = { written: new Map(), unfoldable: [], refusals: [] };
  for (let round = 0; ; round++) {
    const waiting = tasks.filter((task) => task.state === "waiting");
    if (waiting.length === 0) break;
    if (round === MAX_ROUNDS) {
      fail(waiting, new Error(`not folded after ${MAX_ROUNDS} rounds: other workers kept changing the same people`));
      break;
    }
    await foldOrHalve(ports, waiting, progress);
    holdBack(tasks);
  }
  await publishWritten(ports, progress);
  await recordRefusals(ports, progress);
  return { tasks, unfoldable: progress.unfoldable };
}

/** One attempt at everything that waits. An error that is nobody's in particular, and that no retry helps, is narrowed
 *  down by halves to the event that it comes from, so that its neighbours go on. */
async function foldOrHalve(ports: FoldPorts, waiting: Task[], progress: Progress): Promise<void> {
  try {
    await foldRound(ports, waiting, progress);
  } catch (error) {
    const untouched = waiting.filter(({ state }) => state === "waiting");
    if (waiting.length === 1 || isRetriable(error)) return fail(untouched, error);
    const half = Math.ceil(waiting.length / 2);
    await foldOrHalve(ports, waiting.slice(0, half), progress);
    await foldOrHalve(ports, waiting.slice(half), progress);
  }
}

/** One round. What lost a race, or had to merge people first, stays waiting for the next. */
async function foldRound(ports: FoldPorts, waiting: Task[], progress: Progress): Promise<void> {
  const roots = await loadRoots(
    ports,
    waiting.map(({ event: { identifiers }, previousId }) => ({ identifiers, previousId })),
  );
  if (roots.unfinished.size > 0) return finishAll(ports, waiting, roots);
  const newest = Math.max(0, ...Array.from(roots.people.values(), ({ bundleVersion }) => bundleVersion));
  const bundle = await bundleOf(ports, newest);
  const owed = await publishLeftOver(ports, roots.people, progress.written);
  const plan = planClaims(
    waiting.map(({ event: { identifiers, at }, previousId }) => ({ identifiers, at, previousId })),
    {
      ...roots,
      people: new Map(
        Array.from(roots.people, ([id, person]) => [id, { ...mergeableOf(person), separated: person.state.separated }]),
      ),
      limitOf: bundle.identityLimits,
    },
  );
  await Promise.all(
    Array.from(groupByOwner(waiting, plan), async ([id, tasks]) => {
      try {
        if (owed.has(id)) throw owed.get(id);
        if (plan.links.has(id)) await linkPeople(ports, id, plan, roots, bundle);
        else await foldOwner(ports, id, tasks, plan, roots, bundle, progress);
      } catch (error) {
        fail(tasks, error);
      }
    }),
  );
}

/** Helps every merge and un-merge that a worker left half done; events that speak of these people wait for it. */
async function finishAll(ports: FoldPorts, waiting: Task[], { unfinished, index, origins }: Roots): Promise<void> {
  await Promise.all(
    Array.from(unfinished, async ([id, from]) => {
      try {
        const root = await finishMerges(ports, from);
        if (root.split) await finishSplit(ports, root);
      } catch (error) {
        const keys = new Set([...index, ...origins].filter(([, root]) => root === id).map(([key]) => key));
        fail(
          waiting.filter(({ event }) => event.identifiers.some(([type, value]) => keys.has(keyOf([type, value])))),
          error,
        );
      }
    }),
  );
}

/** Begins the merge of an owner with the first person that its events link to it, and sees it through. The events
 *  themselves are folded in the next round, by whoever then is the root. */
async function linkPeople(
  ports: FoldPorts,
  id: ProfileId,
  plan: ClaimPlan,
  roots: Roots,
  bundle: CompiledBundle,
): Promise<void> {
  const [other] = plan.links.get(id) ?? [];
  const owner = roots.people.get(id);
  const linked = other === undefined ? undefined : roots.people.get(other);
  if (!owner || !linked) {
    // One of the two is about to begin in this very batch: it reserves its identifiers now and is merged a round later.
    await claim(ports, id, owner, plan, bundle);
    return;
  }
  if ((await recordIntent(ports, owner, linked)) === "conflict") return ports.count("WriteConflicts", 1);
  await finishMerges(ports, id);
  ports.count("PeopleMerged", 1);
}

async function foldOwner(
  ports: FoldPorts,
  id: ProfileId,
  tasks: Task[],
  plan: ClaimPlan,
  roots: Roots,
  bundle: CompiledBundle,
  progress: Progress,
): Promise<void> {
  const claimed = await claim(ports, id, roots.people.get(id), plan, bundle);
  if (claimed === "lost") return ports.count("WriteConflicts", 1);
  const part = tasks.slice(0, MAX_EVENTS_A_WRITE);
  const outcome = await foldPerson(ports, claimed, part, bundle);
  if (outcome === "lost") return ports.count("WriteConflicts", 1);
  progress.unfoldable.push(...outcome.unfoldable);
  progress.refusals.push(...plan.refusals.filter(({ owner }) => owner === id));
  for (const task of part) task.state = "folded";
  if (outcome.profile.outbox.length === 0) return;
  const earlier = progress.written.get(id)?.tasks ?? [];
  progress.written.set(id, { profile: outcome.profile, tasks: [...earlier, ...part] });
}

async function claim(
  ports: FoldPorts,
  id: ProfileId,
  person: Profile | undefined,
  plan: ClaimPlan,
  bundle: CompiledBundle,
): Promise<Profile | "lost"> {
  const reserved = await reservePerson(ports, id, person, plan.reservations.get(id) ?? new Map(), bundle);
  if (reserved === "lost") return "lost";
  const wanted = [...plan.claims].filter(([, owner]) => owner === id).map(([key]) => key);
  const outcomes = await Promise.all(wanted.map((key) => ports.identities.claim(key, id)));
  return outcomes.includes("taken") ? "lost" : reserved;
}

async function publishWritten(ports: FoldPorts, { written }: Progress): Promise<void> {
  const unpublished = await publishOutboxes(
    ports,
    Array.from(written.values(), ({ profile }) => profile),
  );
  for (const { profile, tasks } of written.values()) {
    const error = unpublished.get(profile.id);
    if (error !== undefined) fail(tasks, error);
  }
}

/** Refusals are listed for operators, added up, so that a storm of them costs few writes a batch. Listing them is no
 *  reason to deliver events again. */
async function recordRefusals(ports: FoldPorts, { refusals }: Progress): Promise<void> {
  if (refusals.length === 0) return;
  ports.count("LinksRefused", refusals.length);
  const sums = sumRefusals(refusals, ports.now());
  await Promise.allSettled(sums.map((conflict) => ports.conflicts.add(conflict)));
}

function groupByOwner(waiting: readonly Task[], plan: ClaimPlan): Map<ProfileId, Task[]> {
  const byOwner = new Map<ProfileId, Task[]>();
  waiting.forEach((task, n) => {
    const owner = plan.owners[n];
    if (owner === undefined) return;
    const tasks = byOwner.get(owner);
    if (tasks) tasks.push(task);
    else byOwner.set(owner, [task]);
  });
  return byOwner;
}

/** An alias' previousId as collection filed it. Undefined where that was no usable identifier: then it links nothing, and
 *  the text as it was sent may be longer than any key. */
function previousIdOf({ type, properties, identifiers }: CollectedEvent): string | undefined {
  if (type !== "alias") return undefined;
  const sent = String(properties?.previousId).trim().normalize("NFC");
  return identifiers.find(([idType, value]) => idType === "anonymousId" && value === sent)?.[1];
}

/** What waits behind a failed event of the same identifier fails with it: both come again, in their order. */
function holdBack(tasks: readonly Task[]): void {
  const stopped = new Map<string, unknown>();
  for (const task of tasks) {
    const [strongest] = task.event.identifiers;
    const key = strongest === undefined ? "" : keyOf(strongest);
    if (task.state === "waiting" && stopped.has(key)) fail([task], stopped.get(key));
    if (task.state === "failed" && !stopped.has(key)) stopped.set(key, task.error);
  }
}

function fail(tasks: readonly Task[], error: unknown): void {
  for (const task of tasks) {
    task.state = "failed";
    task.error = error;
  }
}
