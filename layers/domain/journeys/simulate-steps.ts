import { writeInstant } from "#events/admin-api/answer.ts";
import type { SimulatedStep } from "#events/admin-api/simulation.ts";
import type { EventInput, Walker } from "./advance.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { drawArm } from "./draw.ts";
import type { Instruction } from "./program.ts";
import type { Run } from "./run.ts";

type Op<Name extends Instruction["op"]> = Extract<Instruction, { op: Name }>;

/** A run before and after one move, and what moved it. */
export interface Move {
  readonly before: Run;
  readonly after: Run;
  readonly event?: EventInput | undefined;
}

/** A step that a simulation has still to decide about: its message. */
export interface SendReached {
  readonly kind: "send-reached";
  readonly instruction: Op<"send">;
}

/** What a move of a run consisted of, in order. `forcedArm` is the arm that was asked for instead of the drawn one. */
export function explainMove(
  { before, after, event }: Move,
  journey: CompiledJourney,
  walker: Walker,
  drawn: { readonly own: CompiledJourney; readonly forcedArm: string | undefined },
): (SimulatedStep | SendReached)[] {
  const at = writeInstant(walker.now);
  const visited = after.visited.slice(before.visited.length);
  const left = explainWaitEnd({ before, after, event }, journey, at);
  const steps = visited.flatMap((index, n) => {
    const instruction = journey.program[index];
    if (!instruction) return [];
    const next = visited[n + 1] ?? after.next;
    return explainInstruction(instruction, { index, next, at, after, walker, ...drawn });
  });
  return [...left, ...steps, ...explainEnd({ before, after, event })];
}

function explainWaitEnd({ before, after, event }: Move, { program }: CompiledJourney, at: string): SimulatedStep[] {
  const instruction = program[before.next];
  if (!before.waiting || !instruction || after.next === before.next) return [];
  const isEvent = event !== undefined && after.consumed.includes(event.factId) && instruction.op === "wait-for";
  const ended = isEvent ? "event" : instruction.op === "wait-for" ? "timeout" : "time";
  return [{ kind: "waited", at, path: instruction.path, ended, event: eventNameOf(instruction) }];
}

interface Place {
  readonly index: number;
  readonly next: number;
  readonly at: string;
  readonly after: Run;
  readonly walker: Walker;
  readonly own: CompiledJourney;
  readonly forcedArm: string | undefined;
}

function explainInstruction(instruction: Instruction, place: Place): (SimulatedStep | SendReached)[] {
  const { at, after } = place;
  const { path } = instruction;
  switch (instruction.op) {
    case "wait":
    case "wait-until":
    case "wait-for": {
      const until = writeInstant(after.waiting?.until ?? place.walker.now);
      const wait = instruction.op === "wait-for" ? ("event" as const) : ("time" as const);
      return [{ kind: "wait", at, path, for: wait, event: eventNameOf(instruction), until }];
    }
    case "split":
      return [explainSplit(instruction, place)];
    case "branch":
      return [explainBranch(instruction, place)];
    case "send":
      return [{ kind: "send-reached", instruction }];
    case "tag":
      return [{ kind: "tag", at, path, tag: instruction.name, on: instruction.on }];
    case "jump":
    case "end":
      return [];
    default:
      return instruction satisfies never;
  }
}

function explainSplit(
  { path, experiment, arms }: Op<"split">,
  { index, at, after, own, forcedArm }: Place,
): SimulatedStep {
  const original = own.program[index];
  const drawn = original?.op === "split" ? original.arms : arms;
  const total = drawn.reduce((sum, [, weight]) => sum + weight, 0);
  const arm = after.arms.findLast(([name]) => name === experiment)?.[1] ?? "";
  return {
    kind: "split",
    at,
    path,
    experiment,
    arm,
    own: drawArm(experiment, after.profileId, drawn),
    forced: arm === forcedArm,
    arms: Object.fromEntries(drawn.map(([name, weight]) => [name, weight / total])),
  };
}

function explainBranch({ path, cases }: Op<"branch">, { next, at, walker }: Place): SimulatedStep {
  const chosen = cases.findIndex(({ to }) => to === next);
  return {
    kind: "branch",
    at,
    path,
    chosen: chosen < 0 ? null : chosen,
    // What comes after the case that holds was not asked.
    cases: cases.slice(0, chosen < 0 ? cases.length : chosen + 1).map(({ when, arms }, n) => ({
      holds: n === chosen,
      ...(arms && { arms: [...arms] }),
      because: when ? [...when.evaluate(walker.subject).because] : [],
    })),
  };
}

function explainEnd({ before, after, event }: Move): SimulatedStep[] {
  const goal: SimulatedStep[] =
    after.convertedAt !== undefined && before.convertedAt === undefined
      ? [{ kind: "goal", at: writeInstant(after.convertedAt), event: event?.event ?? "" }]
      : [];
  const { outcome } = after;
  if (!outcome || before.outcome) return goal;
  const why = "why" in outcome ? outcome.why : null;
  return [...goal, { kind: "end", at: writeInstant(outcome.at), outcome: outcome.kind, why }];
}

function eventNameOf(instruction: Instruction): string | null {
  return instruction.op === "wait-for" ? instruction.pattern.event : null;
}

/** The journey in which every split with an arm of this name gives that arm. Undefined where none has it. */
export function forceArm(journey: CompiledJourney, arm: string): CompiledJourney | undefined {
  let found = false;
  const program = journey.program.map((instruction): Instruction => {
    if (instruction.op !== "split" || !instruction.arms.some(([name]) => name === arm)) return instruction;
    found = true;
    return { ...instruction, arms: [[arm, 1]] };
  });
  return found ? { ...journey, program } : undefined;
}

/** What lets people in, in words: `Product Added`, `enters tag:vip`, `tier lifecycle: silent → lost`. */
export function spellTrigger({ trigger }: Pick<CompiledJourney, "trigger">): string {
  const { event, enters, leaves, tier, anniversary, schedule } = trigger;
  if (event !== undefined) return typeof event === "string" ? event : event.name;
  if (enters !== undefined) return `enters ${enters}`;
  if (leaves !== undefined) return `leaves ${leaves}`;
  if (tier) return `tier ${tier.ladder}: ${tier.from ?? "any"} → ${tier.to ?? "any"}`;
  if (anniversary)
    return `anniversary of ${anniversary.trait}${anniversary.before ? `, ${anniversary.before} before` : ""}`;
  return schedule ? `schedule ${schedule.cron ?? schedule.at ?? ""}, segment ${schedule.segment}` : "";
}
