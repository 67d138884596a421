import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { type ClaimPlan, planClaims } from "#domain/identity/plan-claims.ts";
import type { ActivityStore } from "#domain/ports/activity-store.ts";
import type { IdentityStore } from "#domain/ports/identity-store.ts";
import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { FactStream } from "#domain/ports/streams.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent } from "#events/failed-event.ts";
import { foldPerson } from "./fold-person.ts";
import { loadRoots } from "./load-roots.ts";
import { publishLeftOver, publishOutboxes } from "./publish-outboxes.ts";
import { reservePerson } from "./reserve-person.ts";

export interface FoldPorts {
  readonly profiles: ProfileStore;
  readonly identities: IdentityStore;
  readonly activity: ActivityStore;
  readonly facts: FactStream;
  readonly definitions: { get(): Promise<CompiledBundle>; atLeast(version: number): Promise<CompiledBundle> };
  readonly now: () => number;
  /** Counts something that an operator watches. */
  readonly count: (metric: FoldMetric, n: number) => void;
}
export type FoldMetric =
  | "EventsFolded"
  | "DuplicatesDropped"
  | "LinksRefused"
  | "LinksPending"
  | "DedupeMemoryTruncated"
  | "WriteConflicts";

/** One event of the batch on its way: `folded` and `failed` are final. */
export interface Task {
  readonly event: CollectedEvent;
  state: "waiting" | "folded" | "failed";
  error?: unknown;
}

/** A conflict means that another worker made progress, so rounds are few; the bound is against a fault of ours. */
const MAX_ROUNDS = 40;

/** Folds a batch of events: claims identifiers, then folds each person's events in order in one write, then publishes
 *  what changed. Every event ends `folded` (its effect is durable and its facts published), or `failed` with the
 *  error that a retry may overcome, or in `unfoldable` with the reason for which none can. */
export async function foldBatch(
  ports: FoldPorts,
  events: readonly CollectedEvent[],
): Promise<{ tasks: Task[]; unfoldable: FailedEvent[] }> {
  const tasks = events.map((event): Task => ({ event, state: "waiting" }));
  const unfoldable: FailedEvent[] = [];
  const written = new Map<ProfileId, { profile: Profile; tasks: Task[] }>();
  for (let round = 0; ; round++) {
    const waiting = tasks.filter((task) => task.state === "waiting");
    if (waiting.length === 0) break;
    if (round === MAX_ROUNDS) {
      fail(waiting, new Error(`not folded after ${MAX_ROUNDS} rounds: other workers kept changing the same people`));
      break;
    }
    try {
      await foldRound(ports, waiting, written, unfoldable);
    } catch (error) {
      fail(waiting, error);
    }
  }
  const unpublished = await publishOutboxes(
    ports,
    [...written.values()].map(({ profile }) => profile),
  );
  for (const { profile, tasks: owed } of written.values()) {
    const error = unpublished.get(profile.id);
    if (error !== undefined) fail(owed, error);
  }
  return { tasks, unfoldable };
}

/** One attempt at everything that waits. What lost a race stays waiting for the next round. */
async function foldRound(
  ports: FoldPorts,
  waiting: Task[],
  written: Map<ProfileId, { profile: Profile; tasks: Task[] }>,
  unfoldable: FailedEvent[],
): Promise<void> {
  const events = waiting.map(({ event }) => event);
  const { index, people, origins } = await loadRoots(ports, events);
  const bundle = await bundleFor(ports, people);
  const owed = await publishLeftOver(ports, people, written);
  const plan = planClaims(events, {
    index,
    origins,
    people: new Map(Array.from(people, ([id, { state }]) => [id, state.identifiers.keys()])),
    limitOf: bundle.identityLimits,
  });
  const byOwner = groupByOwner(waiting, plan);
  ports.count("LinksRefused", plan.refusals.length);
  await Promise.all(
    Array.from(byOwner, async ([id, tasks]) => {
      try {
        if (owed.has(id)) throw owed.get(id);
        const claimed = await claim(ports, id, people.get(id), plan, bundle);
        if (claimed === "lost") return ports.count("WriteConflicts", 1);
        const outcome = await foldPerson(ports, claimed, tasks, plan.links.get(id) ?? new Set(), bundle);
        if (outcome === "lost") return ports.count("WriteConflicts", 1);
        unfoldable.push(...outcome.unfoldable);
        for (const task of tasks) task.state = "folded";
        if (outcome.profile.outbox.length > 0) {
          const earlier = written.get(id)?.tasks ?? [];
          written.set(id, { profile: outcome.profile, tasks: [...earlier, ...tasks] });
        }
      } catch (error) {
        fail(tasks, error);
      }
    }),
  );
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

/** A worker whose definitions are older than those that evaluated a person reloads before it writes. */
async function bundleFor(ports: FoldPorts, people: ReadonlyMap<ProfileId, Profile>): Promise<CompiledBundle> {
  const bundle = await ports.definitions.get();
  let newest = bundle.version;
  for (const { bundleVersion } of people.values()) newest = Math.max(newest, bundleVersion);
  return newest > bundle.version ? ports.definitions.atLeast(newest) : bundle;
}

function fail(tasks: readonly Task[], error: unknown): void {
  for (const task of tasks) {
    task.state = "failed";
    task.error = error;
  }
}
