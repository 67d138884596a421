import { findCurrent } from "./current-run.ts";
import type { RunPorts } from "./ports.ts";
import { findRun, listSlices, type Run, type StoredRun, saveRun } from "./run.ts";
import { sendSlices } from "./send-slices.ts";
import { beginRun, closeRun } from "./start-run.ts";

/** A run of which no slice gave a sign of life for so long has lost its messages or its workers. */
const SILENT_MS = 20 * 60_000;
/** A run that was picked up so often within one phase and came no further is given up: a day of trying. */
const MAX_RESUMES = 72;

/** What came of looking after the newest run. */
export type Resumed = "nothing" | "resumed" | "failed";

/** Picks the newest run up where whoever should have gone on did not: a run that was ordered and not begun, slices that
 *  fell silent, an end that was not noted. */
export async function resumeRuns(ports: RunPorts): Promise<Resumed> {
  const found = await findCurrent(ports.work);
  if (!found) return "nothing";
  const stored = await beginRun(ports, found.current);
  const { run } = stored;
  if (run.status === "done") await closeRun(ports, run);
  if (run.status !== "running") return "nothing";
  const silent = await findSilent(ports, run);
  if (silent.length === 0) return "nothing";
  if (run.resumed >= MAX_RESUMES) {
    await saveRun(ports.work, { ...run, status: "failed", finishedAt: ports.now() }, stored);
    return "failed";
  }
  const now = ports.now();
  const noted = await saveRun(ports.work, { ...run, resumed: run.resumed + 1, resumedAt: now }, stored);
  if (!noted) return "nothing";
  const { runId, phase } = run;
  await ports.queue.send(silent.map((slice) => ({ runId, phase, slice })));
  return "resumed";
}

/** Slices that were begun and went silent; where no slice at all gave a sign of life, each that is not done. Where all
 *  are done, any one will find that the phase is over. */
async function findSilent(ports: RunPorts, run: Run): Promise<number[]> {
  const before = ports.now() - SILENT_MS;
  if (Math.max(run.phaseStartedAt, run.resumedAt ?? 0) > before) return [];
  const begun = await listSlices(ports.work, run);
  const lastSigns = new Map([...begun].map(([n, { at = 0, lease }]) => [n, Math.max(at, lease?.until ?? 0)]));
  const isDead = [...lastSigns.values()].every((last) => last <= before);
  const all = Array.from({ length: run.phaseSlices }, (_, n) => n);
  const open = all.filter((n) => begun.get(n)?.done !== true);
  if (isDead) return open.length > 0 ? open : [0];
  return open.filter((n) => (lastSigns.get(n) ?? Infinity) <= before);
}

/** Goes on with a run that was stopped or given up. Undefined where it is not the newest, or done. */
export async function resumeRun(ports: RunPorts, runId: string): Promise<Run | undefined> {
  const [found, stored] = [await findCurrent(ports.work), await findRun(ports.work, runId)];
  if (!stored || found?.current.order.runId !== runId || stored.run.status === "done") return undefined;
  if (stored.run.status === "running") return stored.run;
  const { finishedAt: _not, ...run } = stored.run;
  const again = await saveRun(ports.work, { ...sentAnew(run), status: "running" }, stored);
  return again ? (await sendSlices(ports, again)).run : resumeRun(ports, runId);
}

/** Stops a run: its workers stop at their next checkpoint. Undefined where there is no such run. */
export async function stopRun(ports: Pick<RunPorts, "work" | "now">, runId: string): Promise<Run | undefined> {
  const stored: StoredRun | undefined = await findRun(ports.work, runId);
  if (stored?.run.status !== "running") return stored?.run;
  const stopped = await saveRun(ports.work, { ...stored.run, status: "stopped", finishedAt: ports.now() }, stored);
  return stopped ? stopped.run : stopRun(ports, runId);
}

/** All slices are sent again: those that are done, or at work, know it. */
function sentAnew({ sent: _before, ...run }: Run): Run {
  return { ...run, resumed: 0 };
}
