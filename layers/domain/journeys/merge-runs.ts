import type { ProfileId } from "#domain/profile/state.ts";
import { endRun } from "./advance.ts";
import type { Run } from "./run.ts";

/** What becomes of the runs of two people who turned out to be one. Of a journey that both walk live, the older run goes
 *  on (ties: the smaller id) and the other ends as merged; all runs then belong to the winner. Runs of the loser that the
 *  winner has already are passed over. `changed` are those to be written; doing it twice changes nothing more. Pure. */
export function mergeRuns(
  winner: ProfileId,
  ofWinner: readonly Run[],
  ofLoser: readonly Run[],
  now: number,
): { readonly changed: Run[] } {
  const before = new Map(ofWinner.map((run) => [run.id, run]));
  const moved = ofLoser.filter(({ id }) => !before.has(id)).map((run) => ({ ...run, profileId: winner }));
  const live = [...ofWinner, ...moved].filter(({ outcome }) => !outcome);
  const ended = [...Map.groupBy(live, ({ journey }) => journey).values()].flatMap((runs) =>
    runs
      .toSorted(byAge)
      .slice(1)
      .map((run) => endRun(run, { kind: "exited", at: now, why: "merged" })),
  );
  const after = new Map([...ofWinner, ...moved, ...ended].map((run) => [run.id, run]));
  return { changed: [...after.values()].filter((run) => before.get(run.id) !== run) };
}

function byAge(a: Run, b: Run): number {
  return a.enteredAt - b.enteredAt || (a.id < b.id ? -1 : 1);
}
