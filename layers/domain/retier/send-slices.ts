import type { RunPorts } from "./ports.ts";
import { findRun, type StoredRun, saveRun } from "./run.ts";

/** Sends every slice of the run's phase to the queue, unless that was done. A message that comes twice does no harm:
 *  slices have leases, and know that they are done. */
export async function sendSlices(
  ports: Pick<RunPorts, "work" | "queue" | "now">,
  stored: StoredRun,
): Promise<StoredRun> {
  const { run } = stored;
  if (run.sent === run.phase) return stored;
  const { runId, phase, phaseSlices, notBefore } = run;
  const messages = Array.from({ length: phaseSlices }, (_, slice) => ({ runId, phase, slice }));
  await ports.queue.send(messages, { delayMs: Math.max(0, notBefore - ports.now()) });
  const sent = await saveRun(ports.work, { ...run, sent: phase }, stored);
  return sent ?? (await findRun(ports.work, runId)) ?? stored;
}
