import type { StoredRun } from "#domain/ports/run-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { mergeRuns } from "./merge-runs.ts";
import { putWait, runTimerId } from "./put-wait.ts";
import type { Run } from "./run.ts";
import { storedOf } from "./stored-run.ts";

const DAY_MS = 86_400_000;
/** What stays behind of a run that was moved: longer than any worker that read it before could still be at it. */
const KEPT_AFTER_MOVE_MS = 30 * DAY_MS;
const MAX_ROUNDS = 50;

/** Gives one person the runs and gates of another who turned out to be the same. Like the merge of the people it is done
 *  in steps that anyone can help: each run is frozen where it is, so that nobody walks it any further there, then written
 *  for the new person if they have it not, with its timer first, and removed. Doing it again changes nothing. */
export async function moveRuns(ports: JourneyPorts, from: ProfileId, to: ProfileId): Promise<void> {
  for (const gate of await ports.runs.gatesOf(from)) await ports.runs.keepGate({ ...gate, profileId: to });
  const frozen = await freezeAll(ports, from, to);
  if (frozen.length === 0) return;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    if ((await writeAll(ports, frozen, to)) === "conflict") continue;
    await Promise.all(frozen.map((stored) => ports.runs.remove(stored)));
    ports.count("RunsMoved", frozen.length);
    return;
  }
  throw new Error(`others kept writing the runs of ${to}`);
}

async function freezeAll(ports: JourneyPorts, from: ProfileId, to: ProfileId): Promise<StoredRun[]> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const stored = await ports.runs.ofPerson(from);
    const outcomes = await Promise.all(
      stored.map(async (one): Promise<StoredRun | undefined> => {
        if (one.run.movedTo === to) return one;
        const expiresAt = ports.now() + KEPT_AFTER_MOVE_MS;
        const next = { run: { ...one.run, movedTo: to }, revision: one.revision + 1, expiresAt };
        return (await ports.runs.save(next)) === "saved" ? next : undefined;
      }),
    );
    const frozen = outcomes.filter((one) => one !== undefined);
    if (frozen.length === stored.length) return frozen;
  }
  throw new Error(`others kept writing the runs of ${from}`);
}

async function writeAll(
  ports: JourneyPorts,
  frozen: readonly StoredRun[],
  to: ProfileId,
): Promise<"done" | "conflict"> {
  const stored = new Map((await ports.runs.ofPerson(to)).map((one) => [one.run.id, one]));
  // One that was moved on from here already is not brought back.
  const missing = frozen.map(({ run }) => withoutMove(run)).filter(({ id }) => !stored.has(id));
  const own = Array.from(stored.values(), ({ run }) => run).filter(({ movedTo }) => movedTo === undefined);
  const { changed } = mergeRuns(to, own, missing, ports.now());
  const outcomes = await Promise.all(
    changed.map(async (run) => {
      const revision = (stored.get(run.id)?.revision ?? 0) + 1;
      if (run.waiting) await putWait(ports, { id: runTimerId(run), at: run.waiting.until, version: revision });
      return ports.runs.save(storedOf(run, revision));
    }),
  );
  return outcomes.includes("conflict") ? "conflict" : "done";
}

function withoutMove({ movedTo: _, ...run }: Run): Run {
  return run;
}
