import type { StoredRun } from "#domain/ports/run-store.ts";
import type { Timer } from "#domain/ports/timer-store.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import { touchTimerId } from "#domain/touches/touch.ts";
import { advanceRun } from "./advance-run.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { openVisit } from "./visit.ts";

/** A writer lives for 15 minutes at most: after an hour its row is nobody's promise any more. */
const WRITER_GONE_MS = 3_600_000;
const TOUCH = touchTimerId("");

/** Sees to one person's waits that have ended, or to a touch that may be sent now, and only then removes the rows. All
 *  rows have one owner. Returns the rows whose state may still come. Throws where it must
 *  be done again; doing it again has no second effect. */
export async function endWaits(ports: JourneyPorts, timers: readonly Timer[], now: number): Promise<readonly Timer[]> {
  const [first] = timers;
  if (!first) return [];
  if (first.id.startsWith(TOUCH)) return endTouchWaits(ports, timers, now);
  return endRunWaits(ports, ownerOf(first) as ProfileId, timers, now);
}

async function endRunWaits(
  ports: JourneyPorts,
  owner: ProfileId,
  timers: readonly Timer[],
  now: number,
): Promise<Timer[]> {
  const visit = await openVisit(ports, owner, now);
  const awaited: Timer[] = [];
  for (const timer of timers) {
    const id = timer.id.slice(owner.length + 1);
    const stored = visit?.runs.get(id);
    // Revisions of a run that was moved here count anew: whoever moved it had read what the row serves, or more.
    const isReached = stored !== undefined && (visit?.person.id !== owner || stored.revision >= timer.version);
    if (!isReached && !isDead(timer, now)) {
      awaited.push(timer);
      continue;
    }
    if (visit && stored && needsLook(stored)) await advanceRun(ports, visit, id, { kind: "look" });
    await ports.timers.remove(timer, Math.max(timer.version, stored?.revision ?? 0));
  }
  return awaited;
}

function needsLook({ run }: StoredRun): boolean {
  return run.outcome === undefined || run.owed !== undefined;
}

/** The sender decides again: it may find that the touch has to wait on. */
async function endTouchWaits(ports: JourneyPorts, timers: readonly Timer[], now: number): Promise<Timer[]> {
  const awaited: Timer[] = [];
  for (const timer of timers) {
    const stored = await ports.touches.find(timer.id.slice(TOUCH.length));
    const waiting = stored?.touch.state === "waiting" ? stored.touch : undefined;
    const isReached = stored !== undefined && stored.revision >= timer.version;
    // Whoever put the row may be about to write that the touch waits. One that waits already is sent on: who decides it
    // anew takes the next revision, and then the slower of the two writes nothing.
    if (!waiting && !isReached && !isDead(timer, now)) {
      awaited.push(timer);
      continue;
    }
    if (waiting) await ports.queueOf(waiting.channel)?.send([{ touchId: waiting.id }]);
    await ports.timers.remove(timer, Math.max(timer.version, stored?.revision ?? 0));
  }
  return awaited;
}

/** Whose wait a row is about: rows of one owner are seen to together. */
export function ownerOf({ id }: Timer): string {
  return id.startsWith(TOUCH) ? id : id.slice(0, id.indexOf("/"));
}

function isDead({ writtenAt }: Timer, now: number): boolean {
  return writtenAt < now - WRITER_GONE_MS;
}
