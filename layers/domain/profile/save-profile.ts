import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { TimerStore } from "#domain/ports/timer-store.ts";
import { nextMinute } from "./apply-memberships.ts";
import type { Profile } from "./state.ts";

export interface SavePorts {
  readonly profiles: ProfileStore;
  readonly timers: TimerStore;
  readonly now: () => number;
}

/** `wake` looks back an hour. A row that landed this long after its instant is written again for a later one. */
const LATE_MS = 10 * 60_000;
const MAX_PUTS = 5;

/** Writes the version that follows `before`, its review timer first: whenever the state can be read, the row that it
 *  relies on is there. A row that was written for nothing, because another writer was faster or this one died, is
 *  removed by `wake`. The row that the new one replaces goes at once, if it can. */
export async function saveProfile(ports: SavePorts, before: Profile, next: Profile): Promise<"saved" | "conflict"> {
  if (next.timerAt === undefined || next.timerAt === before.timerAt) return ports.profiles.save(next);
  const timerAt = await putTimer(ports, next, next.timerAt);
  const outcome = await ports.profiles.save({ ...next, timerAt });
  if (outcome === "saved" && before.timerAt !== undefined) {
    await dropTimer(ports.timers, before.id, before.timerAt, next.version);
  }
  return outcome;
}

/** Writes the row. Between reading the clock and here a worker may have stood still for long: it looks again. */
async function putTimer({ timers, now }: SavePorts, { id, version }: Profile, wanted: number): Promise<number> {
  let at = wanted;
  for (let puts = 1; ; puts++) {
    await timers.put({ kind: "review", id, at, version, writtenAt: now() });
    const landed = now();
    if (landed - at <= LATE_MS || puts === MAX_PUTS) return at;
    at = nextMinute(landed);
  }
}

/** Removes a row that no version up to `version` relies on any more. It is only tidying: a row that stays is found to be
 *  nobody's when it falls due. */
export async function dropTimer(timers: TimerStore, id: string, at: number, version: number): Promise<void> {
  try {
    await timers.remove({ kind: "review", id, at }, version);
  } catch {
    // Nothing depends on it.
  }
}
