import { PHASES } from "./phases.ts";
import type { RetierPorts } from "./ports.ts";
import { addFigures, listSlices, NO_FIGURES, type Run, type Slice, type StoredRun, saveRun } from "./run.ts";
import { sendSlices } from "./send-slices.ts";
import { closeRun } from "./start-run.ts";

/** Objects that are read at once. */
const READ_AT_ONCE = 16;

/** Ends the phase if all of its slices are done: what they have tallied is put together, the next phase begins, or the
 *  run is over. Several workers may do this at once: of each step one counts. */
export async function finishPhase(ports: RetierPorts, stored: StoredRun): Promise<void> {
  const { run } = stored;
  const slices = [...(await listSlices(ports.work, run)).values()].filter(({ done }) => done === true);
  if (slices.length < run.phaseSlices) return;
  const {
    next,
    slices: phaseSlices,
    bundleVersion,
  } = await PHASES[run.phase].finish(ports, run, () => readTallies(ports, slices));
  const figures = slices.reduce((sum, slice) => addFigures(sum, slice.figures ?? NO_FIGURES), run.figures);
  const now = ports.now();
  // Everyone is gone over only when nobody writes by the definitions before: the run would not see who came after it.
  const isNewer = bundleVersion !== undefined && bundleVersion > run.bundleVersion;
  const notBefore = isNewer ? now + ports.settleMs : run.notBefore;
  const after: Run = {
    ...run,
    figures,
    notBefore,
    ...(bundleVersion !== undefined && { bundleVersion }),
    ...(next === "done"
      ? { status: "done", finishedAt: now }
      : { phase: next, phaseStartedAt: Math.max(now, notBefore), phaseSlices, resumed: 0 }),
  };
  const saved = await saveRun(ports.work, after, stored);
  if (!saved) return;
  if (next === "done") await closeRun(ports, after);
  else await sendSlices(ports, saved);
}

async function* readTallies({ tallies }: RetierPorts, slices: readonly Slice[]): AsyncGenerator<unknown> {
  const names = slices.flatMap(({ tally }) => tally ?? []);
  for (let start = 0; start < names.length; start += READ_AT_ONCE) {
    yield* await Promise.all(names.slice(start, start + READ_AT_ONCE).map((name) => tallies.read(name)));
  }
}
