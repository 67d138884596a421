import type { TimerStore } from "#domain/ports/timer-store.ts";
import { nextMinute } from "#domain/profile/apply-memberships.ts";

/** `wake` looks back an hour. A row that landed this long after its instant is written again for a later one. */
const LATE_MS = 10 * 60_000;
const MAX_PUTS = 5;

/** Writes the timer of something that waits, before the state that relies on it. Between reading the clock and here a
 *  worker may have stood still for long: it looks again. */
export async function putWait(
  { timers, now }: { readonly timers: Pick<TimerStore, "put">; readonly now: () => number },
  wait: { readonly id: string; readonly at: number; readonly version: number },
): Promise<void> {
  const begun = now();
  // Nobody looks at minutes that are long over: a row there would stay for good.
  let at = begun - wait.at > LATE_MS ? nextMinute(begun) : wait.at;
  for (let puts = 1; ; puts++) {
    await timers.put({ kind: "wait", ...wait, at, writtenAt: now() });
    const landed = now();
    if (landed - at <= LATE_MS || puts === MAX_PUTS) return;
    at = nextMinute(landed);
  }
}

/** Removes a row that nothing up to `version` relies on any more. It is only tidying: one that stays is found to be
 *  nobody's when it falls due. */
export async function dropWait(
  { timers }: { readonly timers: Pick<TimerStore, "remove"> },
  id: string,
  at: number,
  version: number,
): Promise<void> {
  try {
    await timers.remove({ kind: "wait", id, at }, version);
  } catch {
    // Nothing depends on it.
  }
}

/** The id of the timer of a run. */
export function runTimerId({ profileId, id }: { readonly profileId: string; readonly id: string }): string {
  return `${profileId}/${id}`;
}
