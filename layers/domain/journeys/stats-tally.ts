import type { ProfileId } from "#domain/profile/state.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import type { Run } from "./run.ts";

/** How many people, and how many of them reached the goal. Each person counts once. */
export interface ArmTally {
  readonly people: Set<ProfileId>;
  readonly converted: Set<ProfileId>;
}

export interface StepTally {
  entered: number;
  waiting: number;
}

export interface MessageTally {
  requested: number;
  sent: number;
  pending: number;
  unknown: number;
  readonly failed: Map<string, number>;
  readonly stopped: Map<string, number>;
  /** By the channel that was chosen. */
  readonly channels: Map<string, { requested: number; sent: number }>;
}

/** What runs and touches of one journey add up to. Counted from what is stored, a thing once: nothing that is delivered
 *  twice can count twice. */
export interface JourneyTally {
  entered: number;
  heldOut: number;
  live: number;
  converted: number;
  readonly outcomes: Map<string, number>;
  /** By the path of the step. */
  readonly steps: Map<string, StepTally>;
  readonly messages: Map<string, MessageTally>;
  readonly everyone: ArmTally;
  readonly holdout: ArmTally;
  /** By experiment and arm. */
  readonly arms: Map<string, Map<string, ArmTally>>;
}

export function newJourneyTally(): JourneyTally {
  return {
    entered: 0,
    heldOut: 0,
    live: 0,
    converted: 0,
    outcomes: new Map(),
    steps: new Map(),
    messages: new Map(),
    everyone: newArm(),
    holdout: newArm(),
    arms: new Map(),
  };
}

/** Adds a run. `walked` is the version of the journey that it walks, where that is still known. */
export function addRun(tally: JourneyTally, run: Run, walked: CompiledJourney | undefined): void {
  const { outcome, arms } = run;
  tally.entered++;
  if (run.convertedAt !== undefined) tally.converted++;
  if (!outcome) tally.live++;
  else add(tally.outcomes, "why" in outcome ? `${outcome.kind} ${outcome.why}` : outcome.kind);
  if (walked) addSteps(tally, run, walked);
  if (outcome?.kind === "held-out") {
    tally.heldOut++;
    addPerson(tally.holdout, run);
    return;
  }
  addPerson(tally.everyone, run);
  for (const [experiment, arm] of arms) {
    const known = tally.arms.get(experiment) ?? new Map<string, ArmTally>();
    tally.arms.set(experiment, known);
    const own = known.get(arm) ?? newArm();
    known.set(arm, own);
    addPerson(own, run);
  }
}

function addSteps({ steps }: JourneyTally, run: Run, { program }: CompiledJourney): void {
  for (const index of run.visited) {
    const instruction = program[index];
    if (!instruction || instruction.op === "jump" || instruction.op === "end") continue;
    const step = steps.get(instruction.path) ?? { entered: 0, waiting: 0 };
    steps.set(instruction.path, step);
    step.entered++;
    if (!run.outcome && run.next === index) step.waiting++;
  }
}

export function addTouch({ messages }: JourneyTally, { path, channel, state, reason = "" }: Touch): void {
  const known = messages.get(path) ?? newMessage();
  messages.set(path, known);
  known.requested++;
  const own = known.channels.get(channel) ?? { requested: 0, sent: 0 };
  known.channels.set(channel, own);
  own.requested++;
  if (state === "sent") own.sent++;
  if (state === "sent" || state === "unknown") known[state]++;
  else if (state === "failed" || state === "stopped") add(known[state], reason);
  else known.pending++;
}

function newMessage(): MessageTally {
  return { requested: 0, sent: 0, pending: 0, unknown: 0, failed: new Map(), stopped: new Map(), channels: new Map() };
}

function newArm(): ArmTally {
  return { people: new Set(), converted: new Set() };
}

function addPerson({ people, converted }: ArmTally, { profileId, convertedAt }: Run): void {
  people.add(profileId);
  if (convertedAt !== undefined) converted.add(profileId);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
