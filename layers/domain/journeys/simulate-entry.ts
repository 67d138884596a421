import type { Profile } from "#domain/profile/state.ts";
import { writeInstant } from "#events/admin-api/answer.ts";
import type { SimulatedStep } from "#events/admin-api/simulation.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import { type PlannedEntry, passesGate, planEntry } from "./enter.ts";
import type { EntryCause, Run } from "./run.ts";
import type { SimulationAsk } from "./simulate.ts";
import { spellTrigger } from "./simulate-steps.ts";
import { makeWalker } from "./walker.ts";

type EntryStep = Extract<SimulatedStep, { kind: "entry" }>;

/** Lets a person into a journey, or says why not. A journey that is paused is walked as if it were live. Pure. */
export function simulateEntry(ask: SimulationAsk, person: Profile): { readonly step: EntryStep; readonly run?: Run } {
  const { journey, startAt, bundle, ignoreHoldout } = ask;
  const walker = makeWalker(person, startAt, bundle);
  const planned = planOf(ask, person);
  const drawn = typeof planned !== "string" && planned.enters && planned.run.outcome?.kind === "held-out";
  const refusal = typeof planned === "string" ? planned : planned.enters ? null : planned.why;
  const step: EntryStep = {
    kind: "entry",
    at: writeInstant(startAt),
    result: refusal === null ? (drawn && !ignoreHoldout ? "held_out" : "entered") : "refused",
    reason: refusal,
    trigger: spellTrigger(journey),
    holdout: { share: journey.holdout, drawn },
    because: journey.entryRule ? [...journey.entryRule.evaluate(walker.subject).because] : [],
  };
  if (typeof planned === "string" || !planned.enters) return { step };
  const { outcome, ...free } = planned.run;
  return { step, run: outcome && !ignoreHoldout ? planned.run : free };
}

/** The plan of the entry, or a reason that only a simulation and the stores know. */
function planOf(ask: SimulationAsk, person: Profile): PlannedEntry | "trigger_not_met" | "once" {
  const { journey, trigger, known, startAt, bundle } = ask;
  const { entryEvent } = journey;
  if (entryEvent) {
    const isMet = trigger?.event === entryEvent.event && entryEvent.matches(trigger);
    if (!isMet) return "trigger_not_met";
  }
  const entrant = { profileId: person.id, liveRuns: known.liveRuns, recentRuns: known.recentRuns };
  const cause = simulatedCause(trigger);
  const planned = planEntry({ ...journey, state: "live" }, entrant, cause, makeWalker(person, startAt, bundle));
  if (!planned.enters || !planned.gate) return planned;
  const { gate } = planned;
  const standing = known.gates.find(({ journey: name, key }) => name === gate.journey && key === gate.key);
  return standing && !passesGate(standing, gate) ? "once" : planned;
}

/** What let a person in, as a fact of the simulation. */
function simulatedCause(trigger: CollectedEvent | undefined): EntryCause {
  if (!trigger) return { factId: "simulated:0" };
  const { event, properties, money, at } = trigger;
  return {
    factId: "simulated:0",
    event: { event, at, ...(properties && { properties }), ...(money && { money }) },
  };
}
