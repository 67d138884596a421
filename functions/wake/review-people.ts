import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { bundleOf, finishMerges } from "#domain/identity/merge-people.ts";
import { finishSplit } from "#domain/identity/split-people.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import { nextVersion } from "#domain/profile/apply-memberships.ts";
import { publishLeftOver, publishOutboxes } from "#domain/profile/publish-outboxes.ts";
import { saveProfile } from "#domain/profile/save-profile.ts";
import type { Profile, ProfileId } from "#domain/profile/state.ts";
import { loadPeople } from "./load-people.ts";
import { postponeFailed } from "./postpone-failed.ts";
import type { ReviewPorts } from "./review-ports.ts";
import { type SortedTimers, sortTimers } from "./sort-timers.ts";

/** Losing a race means that another writer saw to the person: once more is mostly enough. */
const MAX_ROUNDS = 5;

/** A person of this look: as loaded, the rows that led here, and why it could not be seen to. */
interface Visit {
  readonly id: ProfileId;
  readonly timers: readonly Timer[];
  person: Profile | undefined;
  sorted: SortedTimers;
  state: "waiting" | "done" | "failed";
  /** Rows that nobody relies on, and that failed to go. */
  stuck: readonly Timer[];
  error?: unknown;
}

/** Sees to everyone whose rows have fallen due: evaluates those whose own timer has come, writes them with their next
 *  timer, publishes what changed, and only then removes the rows. A row that is nobody's is removed; one whose state may
 *  still come, or whose person could not be seen to, is left. Returns the rows that are left. Doing it again, or half of
 *  it, changes nothing in the result. */
export async function reviewPeople(ports: ReviewPorts, timers: readonly Timer[], upTo: number): Promise<Timer[]> {
  // A worker's clock may run behind the one that found the rows.
  const now = Math.max(ports.now(), upTo);
  const byPerson = Map.groupBy(timers, ({ id }) => id as ProfileId);
  let waiting: Pick<Visit, "id" | "timers">[] = Array.from(byPerson, ([id, own]) => ({ id, timers: own }));
  const left: Timer[] = [];
  for (let round = 0; waiting.length > 0; round++) {
    if (round === MAX_ROUNDS) return [...left, ...waiting.flatMap(({ timers: own }) => own)];
    const visits = await reviewRound(ports, waiting, now);
    for (const { state, sorted, stuck } of visits) if (state === "done") left.push(...sorted.awaited, ...stuck);
    left.push(...(await postponeFailed(ports, visits.filter(isFailed), now)));
    waiting = visits.filter(({ state }) => state === "waiting");
  }
  return left;
}

const isFailed = ({ state }: Visit) => state === "failed";

/** One attempt at everyone. Who lost a race stays waiting. */
async function reviewRound(
  ports: ReviewPorts,
  waiting: readonly Pick<Visit, "id" | "timers">[],
  now: number,
): Promise<Visit[]> {
  const { people, unreadable } = await loadPeople(
    ports.profiles,
    waiting.map(({ id }) => id),
  );
  const visits = waiting.map(({ id, timers }): Visit => {
    const person = people.get(id);
    const sorted = sortTimers(person, timers, now);
    const seen = { id, timers, person, sorted, state: "waiting" as const, stuck: [] };
    return { ...seen, ...(unreadable.has(id) && failure(unreadable.get(id))) };
  });
  const open = () => visits.filter(({ state }) => state === "waiting");
  await publishOwed(ports, open());
  const written = await writeAll(ports, open(), now);
  const unpublished = await publishOutboxes(ports, [...written.values()]);
  for (const visit of visits) if (unpublished.has(visit.id)) Object.assign(visit, failure(unpublished.get(visit.id)));
  const done = visits.filter(({ state }) => state === "done");
  await Promise.all(done.map(async (visit) => Object.assign(visit, { stuck: await removeRows(ports, visit) })));
  return visits;
}

const failure = (error: unknown) => ({ state: "failed" as const, error });

/** Nothing is written over an outbox that is still owed. What a frozen person owes travels with its merge. */
async function publishOwed(ports: ReviewPorts, visits: readonly Visit[]): Promise<void> {
  const living = visits.filter(({ person }) => person !== undefined && person.mergedInto === undefined);
  const people = new Map(living.flatMap(({ id, person }) => (person ? [[id, person] as const] : [])));
  const unpublished = await publishLeftOver(ports, people, new Map());
  for (const visit of living) {
    visit.person = people.get(visit.id);
    if (unpublished.has(visit.id)) Object.assign(visit, failure(unpublished.get(visit.id)));
  }
}

/** Returns the people who were written. An error is nobody's but the person's in whom it arose. */
async function writeAll(ports: ReviewPorts, visits: readonly Visit[], now: number): Promise<Map<ProfileId, Profile>> {
  const written = new Map<ProfileId, Profile>();
  if (visits.length === 0) return written;
  const newest = Math.max(...visits.map(({ person }) => person?.bundleVersion ?? 0));
  const bundle = await bundleOf(ports, newest);
  await Promise.all(
    visits.map(async (visit) => {
      try {
        const next = await seeTo(ports, visit, now, bundle);
        if (next === "lost") return;
        if (next) written.set(visit.id, next);
        visit.state = "done";
      } catch (error) {
        Object.assign(visit, failure(error));
      }
    }),
  );
  return written;
}

/** Helps who is in the middle of a merge or an un-merge; writes who is due. Undefined: there was nothing to write. */
async function seeTo(
  ports: ReviewPorts,
  { id, person, sorted }: Visit,
  now: number,
  bundle: CompiledBundle,
): Promise<Profile | "lost" | undefined> {
  if (person && (person.mergedInto !== undefined || person.split)) {
    const root = await finishMerges(ports, id);
    if (root.split) await finishSplit(ports, root);
    return undefined;
  }
  if (!person || !sorted.isDue) return undefined;
  // Without its timer, which has come: the next version names a new one, and its row is written first.
  const before = { ...person, timerAt: undefined };
  const next = nextVersion(before, {}, now, bundle);
  if ((await saveProfile(ports, before, next)) === "conflict") return "lost";
  ports.count("PeopleWoken", 1);
  ports.count("AnswersChanged", next.outbox.length);
  if (next.timerAt !== undefined || next.outbox.length === 0) ports.count("TimersMoved", 1);
  return next;
}

/** No version that was read relies on these rows any more. Returns those that failed to go: the next look finds them to
 *  be nobody's, if only the watermark waits for them. */
async function removeRows({ timers, count }: ReviewPorts, { person, sorted }: Visit): Promise<Timer[]> {
  const { isDue, reached, dead } = sorted;
  const isHelped = person?.mergedInto !== undefined || person?.split !== undefined;
  count("StrayTimers", dead.length + (isDue || isHelped ? 0 : reached.length));
  const going = [
    ...reached.map((timer) => ({ timer, version: person?.version ?? timer.version })),
    ...dead.map((timer) => ({ timer, version: timer.version })),
  ];
  const outcomes = await Promise.allSettled(going.map(({ timer, version }) => timers.remove(timer, version)));
  return going.flatMap(({ timer }, n) => (outcomes[n]?.status === "rejected" ? [timer] : []));
}
