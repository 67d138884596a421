import { compileBundle } from "#domain/definitions/compile-bundle.ts";
import { type CurrentRun, findCurrent, type StoredCurrent, saveCurrent } from "./current-run.ts";
import type { RunPorts } from "./ports.ts";
import { findRun, NO_FIGURES, type Run, type RunReason, type StoredRun, saveRun } from "./run.ts";
import { sendSlices } from "./send-slices.ts";

/** A slice is then some minutes of work, and loses little when its worker dies. */
const PEOPLE_A_SLICE = 20_000;
const MIN_SLICES = 4;
const MAX_SLICES = 1_024;
/** Of a first run, before which nobody knows how many people there are. */
const FIRST_SLICES = 32;
/** Starting a run is a race of few; losing this many in a row means that something else is wrong. */
const MAX_ATTEMPTS = 20;

export interface RunRequest {
  readonly reason: RunReason;
  /** Who asked: the name of a token, or the rule that fired. */
  readonly by: string;
  /** How long its slices wait before they begin, milliseconds. */
  readonly delayMs?: number;
}

/** Starts a run over everyone; while one goes on, answers with that one, which another follows if definitions are in
 *  force by then that it does not know. Asked again after a crash, it goes on where it had come to. */
export async function startRun(
  ports: RunPorts,
  { reason, by, delayMs = 0 }: RunRequest,
): Promise<{ runId: string; started: boolean }> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await findCurrent(ports.work);
    const going = before && (await beginRun(ports, before.current));
    const startedAt = ports.now();
    const notBefore = startedAt + delayMs;
    if (before && going?.run.status === "running") {
      const { runId, bundleVersion } = going.run;
      const isKnown = before.current.again || (await ports.bundles.currentVersion()) <= bundleVersion;
      if (isKnown || (await saveCurrent(ports.work, { ...before.current, again: { reason, by, notBefore } }, before))) {
        return { runId, started: false };
      }
      continue;
    }
    const order = { runId: ports.newId(), reason, by, startedAt, notBefore };
    const { again: _over, ...rest } = before?.current ?? { runIds: [] };
    const current: CurrentRun = { ...rest, order, runIds: [order.runId, ...rest.runIds] };
    if (!(await saveCurrent(ports.work, current, before))) continue;
    await beginRun(ports, current);
    return { runId: order.runId, started: true };
  }
  throw new Error(`no run could be started in ${MAX_ATTEMPTS} attempts`);
}

/** The newest run, planned and sent to the queue if whoever ordered it died before. */
export async function beginRun(ports: RunPorts, current: CurrentRun): Promise<StoredRun> {
  const { order } = current;
  const found = await findRun(ports.work, order.runId);
  if (found) return found.run.status === "running" ? sendSlices(ports, found) : found;
  const planned = await saveRun(ports.work, await planRun(ports, current));
  const begun = planned ?? (await findRun(ports.work, order.runId));
  if (!begun) throw new Error(`the run ${order.runId} is gone`);
  return sendSlices(ports, begun);
}

async function planRun(ports: RunPorts, { order, lastDone }: CurrentRun): Promise<Run> {
  const bundle = compileBundle(await ports.bundles.current());
  const slices = lastDone
    ? Math.min(MAX_SLICES, Math.max(MIN_SLICES, Math.ceil(lastDone.people / PEOPLE_A_SLICE)))
    : FIRST_SLICES;
  return {
    ...order,
    status: "running",
    phase: bundle.quantiles.length > 0 ? "thresholds" : "everyone",
    phaseStartedAt: Math.max(order.startedAt, order.notBefore),
    phaseSlices: slices,
    slices,
    bundleVersion: bundle.version,
    ...(lastDone && { since: lastDone.startedAt, expected: lastDone.people }),
    figures: NO_FIGURES,
    resumed: 0,
  };
}

/** Notes that a run came to its end, and starts the one that is wanted after it. */
export async function closeRun(ports: RunPorts, run: Run): Promise<void> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const before = await findCurrent(ports.work);
    if (!before || before.current.order.runId !== run.runId) return;
    if (!isClosed(before, run)) {
      const { again: _before, ...rest } = before.current;
      const lastDone = { runId: run.runId, startedAt: run.startedAt, people: run.figures.seen };
      const current = { ...rest, lastDone, ...(before.current.again && { again: before.current.again }) };
      if (!(await saveCurrent(ports.work, current, before))) continue;
    }
    const { again } = before.current;
    if (again) await startRun(ports, { ...again, delayMs: Math.max(0, again.notBefore - ports.now()) });
    return;
  }
}

function isClosed({ current }: StoredCurrent, { runId }: Run): boolean {
  return current.lastDone?.runId === runId;
}
