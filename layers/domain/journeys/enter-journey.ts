import type { ProfileId } from "#domain/profile/state.ts";
import { advanceRun, RunMovedError, walkRun } from "./advance-run.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { countRuns, type EntryRefusal, planEntry } from "./enter.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { putWait, runTimerId } from "./put-wait.ts";
import type { EntryCause } from "./run.ts";
import { settleOwed } from "./settle-owed.ts";
import { storedOf } from "./stored-run.ts";
import { followRuns, staysLiving, type Visit } from "./visit.ts";

/** Why somebody does not enter; `once`: they did before, and the journey lets nobody in again so soon. */
export type Refusal = EntryRefusal | "once";

export type Entered = "entered" | "entered_before" | Refusal;

/** Lets a person in whom a trigger has named, and walks the run up to its first wait. First the gate, then the timer, then
 *  the run as it stands at that wait, with what it owes, on condition that it is not there; a trigger that comes again
 *  finds it. `namedAs` is whom the trigger named. Throws RunMovedError where the person was merged meanwhile, with what
 *  it wrote moved to whoever lives. */
export async function enterJourney(
  ports: JourneyPorts,
  visit: Visit,
  journey: CompiledJourney,
  cause: EntryCause,
  namedAs: ProfileId,
): Promise<Entered> {
  const { person, runs, walker } = visit;
  const kept = Array.from(runs.values(), ({ run }) => run);
  const before = kept.find((run) => run.journey === journey.name && run.entryKey === cause.factId);
  if (before) {
    if (!before.outcome || before.owed) await advanceRun(ports, visit, before.id, { kind: "look" });
    return "entered_before";
  }
  const entrant = {
    profileId: person.id,
    namedAs,
    ...countRuns(kept, walker.now),
  };
  const planned = planEntry(journey, entrant, cause, walker);
  if (!planned.enters) return planned.why;
  if (planned.gate && (await ports.runs.passGate(planned.gate)) === "closed") return "once";
  const { run, wakeAt } = await walkRun(ports, planned.run, visit, { kind: "look" });
  if (wakeAt !== undefined) await putWait(ports, { id: runTimerId(run), at: wakeAt, version: 1 });
  const stored = storedOf(run, 1);
  const outcome = await ports.runs.save(stored);
  if (!(await staysLiving(ports, person.id))) {
    // Nobody may come by again: what this worker was to hear, another may have heard while it stood still.
    await followRuns(ports, person.id);
    throw new RunMovedError(run.id);
  }
  if (outcome === "saved") {
    runs.set(run.id, stored);
    ports.count("RunsEntered", 1);
    if (run.outcome) ports.count(`RunsEnded.${run.outcome.kind}`, 1);
    if (run.owed) await settleOwed(ports, visit, stored);
    return "entered";
  }
  // Another worker let the same entry in, and sees it through; or died before it did.
  const there = (await ports.runs.ofPerson(person.id)).find((one) => one.run.id === run.id);
  if (!there || there.run.movedTo !== undefined) throw new RunMovedError(run.id);
  runs.set(run.id, there);
  await advanceRun(ports, visit, run.id, { kind: "look" });
  return "entered_before";
}
