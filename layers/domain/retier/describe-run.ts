import { writeInstant } from "#events/admin-api/answer.ts";
import type { RetierRun } from "#events/admin-api/retier.ts";
import { findCurrent } from "./current-run.ts";
import type { RunPorts } from "./ports.ts";
import { addFigures, findRun, listSlices, NO_FIGURES, type Run } from "./run.ts";

type Reading = Pick<RunPorts, "work" | "now">;

/** A run as the API shows it. Undefined where there is none of this id. */
export async function describeRun(ports: Reading, runId: string): Promise<RetierRun | undefined> {
  const run = (await findRun(ports.work, runId))?.run;
  if (!run) return undefined;
  const isOver = run.status === "done";
  const slices = isOver ? [] : [...(await listSlices(ports.work, run)).values()];
  const figures = slices.reduce((sum, slice) => addFigures(sum, slice.figures ?? NO_FIGURES), run.figures);
  const done = isOver ? run.phaseSlices : slices.filter((slice) => slice.done === true).length;
  return {
    runId,
    status: run.status,
    reason: run.reason,
    by: run.by,
    startedAt: writeInstant(run.startedAt),
    finishedAt: run.finishedAt === undefined ? null : writeInstant(run.finishedAt),
    phase: isOver ? "done" : run.phase,
    slices: { done, total: run.phaseSlices },
    people: {
      seen: figures.seen,
      changed: figures.changed,
      failed: figures.failed,
      expected: run.expected ?? null,
    },
    facts: figures.facts,
    repaired: figures.repaired,
    etaSeconds: run.status === "running" ? etaOf(run, { done, seen: figures.seen }, ports.now()) : null,
    bundleVersion: run.bundleVersion,
    exact: true,
  };
}

/** Runs that are remembered, the newest first, from the one after `after` on. */
export async function listRuns(
  ports: Reading,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<{ runs: RetierRun[]; cursor?: string }> {
  const runIds = (await findCurrent(ports.work))?.current.runIds ?? [];
  const rest = runIds.slice(after === undefined ? 0 : runIds.indexOf(after) + 1);
  const page = rest.slice(0, limit);
  const described = await Promise.all(page.map((runId) => describeRun(ports, runId)));
  const last = page.at(-1);
  return {
    runs: described.flatMap((run) => run ?? []),
    ...(last !== undefined && rest.length > limit && { cursor: last }),
  };
}

/** By how much of the phase is done and how long that took; a scan of everyone that is still to come takes as long. Null
 *  while nobody can tell. */
function etaOf(run: Run, progress: { readonly done: number; readonly seen: number }, now: number): number | null {
  const byPeople = run.expected && run.phase === "everyone" ? progress.seen / run.expected : 0;
  const share = Math.min(1, Math.max(byPeople, progress.done / run.phaseSlices));
  const elapsedMs = now - run.phaseStartedAt;
  if (share === 0 || elapsedMs <= 0) return null;
  const phaseMs = elapsedMs / share;
  const toCome = run.phase === "thresholds" ? phaseMs : 0;
  return Math.ceil((phaseMs - elapsedMs + toCome) / 1000);
}
