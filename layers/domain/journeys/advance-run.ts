import type { StoredRun } from "#domain/ports/run-store.ts";
import { type Advanced, advance, endRun, type Input } from "./advance.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { dropWait, putWait, runTimerId } from "./put-wait.ts";
import type { Run } from "./run.ts";
import { settleOwed } from "./settle-owed.ts";
import { storedOf } from "./stored-run.ts";
import type { Visit } from "./visit.ts";

const MAX_ATTEMPTS = 20;

/** Somebody else took the run away while it was walked: the person was merged. Whoever looks again finds it. */
export class RunMovedError extends Error {
  override readonly name = "RunMovedError";
  readonly code = "run_moved";
  readonly retriable = true;
}

/** Moves a stored run as far as it goes. What it owes from before is done first; then its timer is put, the run is
 *  written on the revision that was read, with what it now owes, and that is done. Where another worker was faster, it
 *  walks on from what that one wrote: the same input has no second effect. Throws RunMovedError. */
export async function advanceRun(ports: JourneyPorts, visit: Visit, id: string, input: Input): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const stored = visit.runs.get(id);
    if (!stored) throw new RunMovedError(id);
    const before = stored.run.owed ? await settleOwed(ports, visit, stored) : stored;
    if (before && (await stepRun(ports, visit, before, input)) === "saved") return;
    await reload(ports, visit);
  }
  throw new Error(`others kept writing the run ${id}`);
}

async function stepRun(
  ports: JourneyPorts,
  visit: Visit,
  before: StoredRun,
  input: Input,
): Promise<"saved" | "conflict"> {
  const { run, wakeAt } = await walkRun(ports, before.run, visit, input);
  const id = runTimerId(run);
  const isNew = run !== before.run;
  const revision = isNew ? before.revision + 1 : before.revision;
  const wasAt = before.run.waiting?.until;
  if (wakeAt !== undefined && wakeAt !== wasAt) await putWait(ports, { id, at: wakeAt, version: revision });
  if (!isNew) return "saved";
  const next = storedOf(run, revision);
  if ((await ports.runs.save(next)) === "conflict") return "conflict";
  visit.runs.set(run.id, next);
  if (run.outcome && !before.run.outcome) ports.count(`RunsEnded.${run.outcome.kind}`, 1);
  if (run.owed) await settleOwed(ports, visit, next);
  // Until then it leads whoever comes after a worker that died to what the run still owes.
  if (wasAt !== undefined && wasAt !== wakeAt) await dropWait(ports, id, wasAt, revision);
  return "saved";
}

/** Walks a run as far as an input takes it, and writes nothing. What that decides is owed by the run that comes back. The
 *  journey in force says whether runs go on; the steps are those of the version that the person entered. */
export async function walkRun(
  ports: Pick<JourneyPorts, "versions">,
  run: Run,
  visit: Pick<Visit, "bundle" | "walker">,
  input: Input,
): Promise<{ readonly run: Run; readonly wakeAt?: number }> {
  const { run: walked, effects, wakeAt } = await step(ports, run, visit, input);
  return {
    run: effects.length > 0 ? { ...walked, owed: effects } : walked,
    ...(wakeAt !== undefined && { wakeAt }),
  };
}

async function step(
  { versions }: Pick<JourneyPorts, "versions">,
  run: Run,
  { bundle, walker }: Pick<Visit, "bundle" | "walker">,
  input: Input,
): Promise<Advanced> {
  const at = walker.now;
  const current = bundle.journeys.find(({ name }) => name === run.journey);
  if (!current || current.state === "stopped") {
    return { run: endRun(run, { kind: "exited", at, why: "stopped" }), effects: [] };
  }
  const own = await versions.at(run.journey, run.definitionVersion, bundle);
  if (!own) return { run: endRun(run, { kind: "failed", at, why: "version_gone" }), effects: [] };
  return advance(run, own, input, { ...walker, standsStill: current.state === "paused" });
}

async function reload(ports: JourneyPorts, visit: Visit): Promise<void> {
  const stored = await ports.runs.ofPerson(visit.person.id);
  visit.runs.clear();
  for (const one of stored) if (one.run.movedTo === undefined) visit.runs.set(one.run.id, one);
}
