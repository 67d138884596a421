import type { CompiledRule } from "#domain/rules/compile.ts";
import type { Subject } from "#domain/rules/subject.ts";
import { holdsIn } from "#domain/rules/verdict.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { drawArm } from "./draw.ts";
import { lookAtPausedAt } from "./paused.ts";
import type { EventPattern, Instruction } from "./program.ts";
import { type Effect, type Outcome, type Run, touchIdOf, type Waiting } from "./run.ts";

/** Instructions that one run may execute in its life: a program has no circle, so more is a fault of ours. */
const MAX_MOVES = 100;
/** A run that lives longer has lost its sense: the longest wait is as long. */
const MAX_AGE_MS = 400 * 24 * 3_600_000;

/** An event that the person did, as the fold published it. */
export interface EventInput {
  readonly factId: string;
  readonly event: string;
  /** When it happened. */
  readonly at: number;
  readonly properties?: CollectedEvent["properties"];
  readonly money?: CollectedEvent["money"];
}

export type Input =
  | { readonly kind: "look" }
  | { readonly kind: "event"; readonly event: EventInput }
  | { readonly kind: "stop" };

/** What a walk may ask about the person and their clock. */
export interface Walker {
  readonly now: number;
  /** The person as rules see them at `now`. */
  readonly subject: Subject;
  /** The calendar of the person's zone, of the project's, or of one by its name. */
  readonly calendarOf: (zone: string) => Calendar;
  /** The journey is paused: an awaited event still ends its wait, time ends none, and no step is taken. */
  readonly standsStill?: boolean;
}

export interface Advanced {
  readonly run: Run;
  readonly effects: readonly Effect[];
  /** When to look again with no event; undefined: never. */
  readonly wakeAt?: number;
}

/** Moves a run as far as it goes: over the waits that have ended, through the steps up to the next wait or the end. Pure:
 *  the same run, input and walker give the same result, and an input that it has used before gives no effect. The same
 *  run comes back where nothing changed. */
export function advance(before: Run, journey: CompiledJourney, input: Input, walker: Walker): Advanced {
  const seen = input.kind === "event" && before.consumed.includes(input.event.factId);
  if (seen) return rest(before, walker);
  const run = noteGoal(before, journey, input);
  if (before.outcome) return rest(run, walker);
  const ending = endingOf(run, journey, input, walker);
  if (ending) return rest(endRun(run, ending), walker);
  const effects: Effect[] = [];
  return { ...rest(walk(run, journey, input, walker, effects), walker), effects };
}

/** The run at its end. One that has ended stays as it ended. */
export function endRun(run: Run, outcome: Outcome): Run {
  if (run.outcome) return run;
  const { waiting: _, ...free } = run;
  return { ...free, outcome };
}

function rest(run: Run, { now, standsStill }: Walker): Advanced {
  if (run.outcome) return { run, effects: [] };
  const wakeAt = standsStill ? lookAtPausedAt(run, now) : run.waiting?.until;
  return { run, effects: [], ...(wakeAt !== undefined && { wakeAt }) };
}

/** The first event that reaches the goal counts, whether the run still lives or not. */
function noteGoal(run: Run, { goal }: CompiledJourney, input: Input): Run {
  if (!goal || run.convertedAt !== undefined || input.kind !== "event") return run;
  const { event } = input;
  const inTime = event.at >= run.enteredAt && event.at - run.enteredAt <= goal.withinMs;
  if (!inTime || event.factId === run.cause.factId || !matches(goal, event)) return run;
  return { ...run, convertedAt: event.at, consumed: [...run.consumed, event.factId] };
}

function endingOf(
  run: Run,
  { exitRule }: CompiledJourney,
  input: Input,
  { now, subject }: Walker,
): Outcome | undefined {
  if (run.convertedAt !== undefined) return { kind: "goal", at: run.convertedAt };
  if (input.kind === "stop") return { kind: "exited", at: now, why: "stopped" };
  if (exitRule && holds(exitRule, subject)) return { kind: "exited", at: now, why: "exit_rule" };
  return now - run.enteredAt > MAX_AGE_MS ? { kind: "expired", at: now, why: "too_old" } : undefined;
}

function walk(start: Run, journey: CompiledJourney, input: Input, walker: Walker, effects: Effect[]): Run {
  let run = start;
  let offered = input.kind === "event" ? input.event : undefined;
  let reachedAt = run.next === 0 ? run.enteredAt : walker.now;
  for (;;) {
    const instruction = journey.program[run.next];
    if (!instruction) return endRun(run, { kind: "failed", at: walker.now, why: "version_gone" });
    if (run.waiting) {
      const left = leaveWait(run, run.waiting, instruction, offered, walker);
      if (!left) return run;
      if (left.run.consumed !== run.consumed) offered = undefined;
      ({ run, at: reachedAt } = left);
    } else if (walker.standsStill) {
      return run;
    } else {
      if (run.visited.length >= MAX_MOVES)
        return endRun(run, { kind: "failed", at: walker.now, why: "too_many_moves" });
      const visited = [...run.visited, run.next];
      run = execute({ ...run, visited }, instruction, { ...walker, reachedAt }, effects);
      if (run.outcome) return run;
    }
  }
}

/** The run behind its wait, and when that ended; undefined where it goes on waiting. An event that happened in time
 *  counts even if it is heard of late, as long as nobody has looked meanwhile; one that happened before this wait was
 *  heard of then, and comes again. */
function leaveWait(
  run: Run,
  waiting: Waiting,
  instruction: Instruction,
  offered: EventInput | undefined,
  { now, standsStill = false }: Walker,
): { run: Run; at: number } | undefined {
  const { waiting: _, ...free } = run;
  const isOver = now >= waiting.until && !standsStill;
  if (instruction.op === "wait-for" && waiting.for === "event") {
    const inTime = offered && offered.at >= waiting.since && offered.at <= waiting.until;
    if (inTime && matches(instruction.pattern, offered)) {
      const consumed = [...run.consumed, offered.factId];
      return { run: { ...free, next: instruction.onEvent, consumed }, at: offered.at };
    }
    return isOver ? { run: { ...free, next: instruction.onTimeout }, at: waiting.until } : undefined;
  }
  return isOver ? { run: { ...free, next: run.next + 1 }, at: waiting.until } : undefined;
}

function execute(
  run: Run,
  instruction: Instruction,
  walker: Walker & { readonly reachedAt: number },
  effects: Effect[],
): Run {
  const onward = { ...run, next: run.next + 1 };
  switch (instruction.op) {
    case "wait":
      return { ...run, waiting: { for: "time", until: walker.now + instruction.forMs } };
    case "wait-until": {
      if (!instruction.onEntryDay)
        return { ...run, waiting: { for: "time", until: nextTimeOfDay(instruction, walker) } };
      const until = timeOnEntryDay(run, instruction, walker);
      return until > walker.now ? { ...run, waiting: { for: "time", until } } : onward;
    }
    case "wait-for":
      return { ...run, waiting: { for: "event", since: walker.reachedAt, until: walker.now + instruction.forMs } };
    case "split": {
      const arm = drawArm(instruction.experiment, run.profileId, instruction.arms);
      return { ...onward, arms: [...run.arms, [instruction.experiment, arm]] };
    }
    case "branch":
      return { ...run, next: chooseBranch(run, instruction, walker) };
    case "send":
      effects.push({
        kind: "touch",
        touchId: touchIdOf(run.id, run.next),
        path: instruction.path,
        send: instruction.send,
        arms: run.arms,
      });
      return onward;
    case "tag":
      effects.push({ kind: "tag", name: instruction.name, on: instruction.on, at: walker.now });
      return onward;
    case "jump":
      return { ...run, next: instruction.to };
    case "end":
      return endRun(run, { kind: "finished", at: walker.now });
    default:
      return instruction satisfies never;
  }
}

function chooseBranch(run: Run, branch: Extract<Instruction, { op: "branch" }>, { subject }: Walker): number {
  const arm = run.arms.at(-1)?.[1];
  const chosen = branch.cases.find(({ when, arms }) =>
    when ? holds(when, subject) : arm !== undefined && arms?.has(arm),
  );
  return chosen?.to ?? branch.otherwise;
}

/** The first instant after now at which the clocks show that time: today's if it is still to come, else tomorrow's. */
function nextTimeOfDay(
  { minuteOfDay, zone }: Extract<Instruction, { op: "wait-until" }>,
  { now, calendarOf }: Walker,
): number {
  const calendar = calendarOf(zone);
  const today = calendar.dayOf(now);
  const next = calendar.instantOf(today, minuteOfDay);
  return next > now ? next : calendar.instantOf(today + 1, minuteOfDay);
}

/** The day of entry is the project's, for that is whose days rules count; the time is that of the person's clocks. */
function timeOnEntryDay(
  { enteredAt }: Run,
  { minuteOfDay, zone }: Extract<Instruction, { op: "wait-until" }>,
  { calendarOf }: Walker,
): number {
  return calendarOf(zone).instantOf(calendarOf("project").dayOf(enteredAt), minuteOfDay);
}

function matches({ event, matches: test }: EventPattern, offered: EventInput): boolean {
  return offered.event === event && test({ properties: offered.properties, money: offered.money });
}

function holds(rule: CompiledRule, subject: Subject): boolean {
  return holdsIn(rule.judge(subject));
}
