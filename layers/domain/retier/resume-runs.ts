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
  if (run.status !== "running" || !(await isSilent(ports, run))) return "nothing";
  if (run.resumed >= MAX_RESUMES) {
    await saveRun(ports.work, { ...run, status: "failed", finishedAt: ports.now() }, stored);
    return "failed";
  }
  const again = await saveRun(ports.work, sentAnew(run, ports.now()), stored);
  if (!again) return "nothing";
  await sendSlices(ports, again);
  return "resumed";
}

/** Goes on with a run that was stopped or given up. Undefined where it is not the newest, or done. */
export async function resumeRun(ports: RunPorts, runId: string): Promise<Run | undefined> {
  const [found, stored] = [await findCurrent(ports.work), await findRun(ports.work, runId)];
  if (!stored || found?.current.order.runId !== runId || stored.run.status === "done") return undefined;
  if (stored.run.status === "running") return stored.run;
  const { finishedAt: _not, ...run } = stored.run;
  const again = await saveRun(ports.work, { ...sentAnew(run, ports.now()), status: "running", resumed: 0 }, stored);
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
function sentAnew({ sent: _before, ...run }: Run, now: number): Run {
  return { ...run, resumed: run.resumed + 1, resumedAt: now };
}

async function isSilent(ports: RunPorts, run: Run): Promise<boolean> {
  let last = Math.max(run.phaseStartedAt, run.resumedAt ?? 0);
  for (const { at = 0, lease } of (await listSlices(ports.work, run)).values()) {
    last = Math.max(last, at, lease?.until ?? 0);
  }
  return ports.now() - last >= SILENT_MS;
}
