import type { WorkItem } from "#domain/ports/work-store.ts";
import { acquireLease, type Leaseholder, releaseLease, renewLease } from "#domain/work/lease.ts";
import { finishPhase } from "./finish-phase.ts";
import type { OpenSlice } from "./phase.ts";
import { PHASES } from "./phases.ts";
import type { RetierPorts, SliceMessage } from "./ports.ts";
import { findRun, NO_FIGURES, objectOf, placeOfSlice, type Run, type Slice } from "./run.ts";
import { sendSlices } from "./send-slices.ts";

/** A worker that says nothing for so long is taken for dead, and another goes on from its last checkpoint. */
const LEASE_MS = 5 * 60_000;
const CHECKPOINT_MS = 20_000;
/** What is kept of an invocation's time for the last page and its checkpoint. */
const RESERVE_MS = 120_000;

/** One invocation. */
export interface Worker {
  /** An id of this invocation alone. */
  readonly owner: string;
  /** How much of its time is left, milliseconds. */
  readonly remainingMs: () => number;
}

/** Works on one slice of a run until it is done or the invocation's time is over; then a fresh message goes on. A message
 *  that comes again while another worker has the slice is put off until that one's lease would be over. Whoever finishes
 *  the last slice of a phase begins the next. Killed anywhere, it loses what came after the last checkpoint, and doing
 *  that again changes nothing. */
export async function workSlice(ports: RetierPorts, message: SliceMessage, worker: Worker): Promise<void> {
  const stored = await findRun(ports.work, message.runId);
  if (stored?.run.status !== "running") return;
  const { run } = stored;
  if (run.phase !== message.phase) {
    // Whoever ended the phase of this message may have died before the next was sent.
    await sendSlices(ports, stored);
    return;
  }
  const place = placeOfSlice(run.runId, message.phase, message.slice);
  const before = ((await ports.work.find(place.job, place.slice))?.body ?? {}) as Slice;
  if (before.done) return finishPhase(ports, stored);
  const held = await acquireLease(ports.work, place, holderOf(ports, worker));
  if (!held) {
    const wait = Math.max(1_000, (before.lease?.until ?? 0) - ports.now());
    return ports.queue.send([message], { delayMs: Math.min(wait, 15 * 60_000) });
  }
  const outcome = await workUntilTime(ports, run, message, { held, worker }).catch((error: unknown) => {
    if (!isRetriable(error)) throw error;
    // The queue would show a failed message again only after many times an invocation's length.
    ports.report(error, { runId: run.runId, slice: `${message.phase} ${message.slice}` });
    return "later" as const;
  });
  if (outcome === "done") return finishPhase(ports, stored);
  if (outcome === "later") await ports.queue.send([message]);
}

function isRetriable(error: unknown): boolean {
  return error instanceof Error && "retriable" in error && error.retriable === true;
}

function holderOf({ now }: RetierPorts, { owner }: Worker): Leaseholder {
  return { owner, now: now(), leaseMs: LEASE_MS };
}

async function workUntilTime(
  ports: RetierPorts,
  run: Run,
  message: SliceMessage,
  by: { readonly held: WorkItem; readonly worker: Worker },
): Promise<"done" | "later" | "over"> {
  let { held } = by;
  const { done, cursor: from, tally, figures = NO_FIGURES } = held.body as Slice;
  if (done) return "done";
  const opened = tally === undefined ? undefined : await ports.tallies.read(tally);
  const slice = await PHASES[message.phase].open(ports, run, { index: message.slice, tally: opened, figures });
  let cursor = from;
  let savedAt = ports.now();
  for (;;) {
    ({ cursor } = await slice.work(cursor));
    const isLate = by.worker.remainingMs() < RESERVE_MS;
    if (cursor !== undefined && !isLate && ports.now() - savedAt < CHECKPOINT_MS) continue;
    const changes = await checkpoint(ports, message, slice, cursor, `${held.revision}-${by.worker.owner}`);
    savedAt = changes.at;
    if (cursor === undefined || isLate) {
      // Who lost the lease, or the answer to this very write, leaves it to a message that comes later to find out.
      const outcome = await releaseLease(ports.work, held, changes);
      return outcome === "saved" && changes.done ? "done" : "later";
    }
    const renewed = await renewLease(ports.work, held, holderOf(ports, by.worker), changes);
    if (!renewed) return "over";
    held = renewed;
    if (!(await isGoingOn(ports, run))) {
      await releaseLease(ports.work, held);
      return "over";
    }
  }
}

/** The object is written before what points at it, under a name that no other worker uses. */
async function checkpoint(
  ports: RetierPorts,
  { runId, phase, slice: index }: SliceMessage,
  slice: OpenSlice,
  cursor: string | undefined,
  attempt: string,
) {
  const tally = objectOf(runId, `${phase}/${index}-${attempt}`);
  await ports.tallies.write(tally, slice.tally());
  return { cursor, tally, figures: slice.figures(), at: ports.now(), done: cursor === undefined };
}

async function isGoingOn(ports: RetierPorts, { runId, phase }: Run): Promise<boolean> {
  const run = (await findRun(ports.work, runId))?.run;
  return run?.status === "running" && run.phase === phase;
}
