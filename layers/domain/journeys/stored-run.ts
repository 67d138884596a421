import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { StoredRun } from "#domain/ports/run-store.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import type { Run } from "./run.ts";

const DAY_MS = 86_400_000;
/** Facts are redelivered for 7 days, and dead letters looked at for longer. */
const KEPT_MS = 30 * DAY_MS;
const LONGEST_GOAL_MS = 400 * DAY_MS;

/** What is to be stored of a run. */
export function storedOf(run: Run, revision: number, { journeys }: Pick<CompiledBundle, "journeys">): StoredRun {
  const goal = journeys.find(({ name }) => name === run.journey)?.goal;
  const expiresAt = keepUntil(run, goal);
  return { run, revision, ...(expiresAt !== undefined && { expiresAt }) };
}

/** Until when a run that has ended is kept: long enough that its trigger cannot enter again, and as long as its goal may
 *  still be reached. Undefined while it lives. */
function keepUntil({ outcome, enteredAt, convertedAt }: Run, goal: CompiledJourney["goal"]): number | undefined {
  if (!outcome) return undefined;
  const hopesUntil = goal && convertedAt === undefined ? enteredAt + Math.min(goal.withinMs, LONGEST_GOAL_MS) : 0;
  return Math.max(outcome.at + KEPT_MS, hopesUntil + DAY_MS);
}
