import { readPercent } from "#domain/definitions/percent.ts";
import { type CompiledRule, compileRule } from "#domain/rules/compile.ts";
import type { RuleSettings } from "#domain/rules/settings.ts";
import { stepDurationMs } from "#events/definitions/journey/step-duration.ts";
import type { Trigger } from "#events/definitions/journey/trigger.ts";
import type { JourneyDefinition } from "#events/definitions/journey.ts";
import { compilePattern, compileProgram } from "./compile-program.ts";
import type { EventPattern, Program } from "./program.ts";

export type Once =
  | { readonly kind: "ever" }
  | { readonly kind: "per-time"; readonly ms: number }
  | { readonly kind: "per-property"; readonly property: string };

/** A journey made ready. */
export interface CompiledJourney {
  readonly name: string;
  readonly version: number;
  readonly state: "live" | "paused" | "stopped";
  readonly trigger: Trigger;
  /** Of a journey that an event triggers. */
  readonly entryEvent?: EventPattern;
  readonly entryRule?: CompiledRule;
  readonly once?: Once;
  /** A share in [0, 1]. */
  readonly holdout: number;
  readonly goal?: EventPattern & { readonly withinMs: number };
  readonly exitRule?: CompiledRule;
  readonly program: Program;
}

/** Compiles one version of a journey that the schema has accepted. */
export function compileJourney(
  definition: JourneyDefinition,
  version: number,
  settings: RuleSettings,
): CompiledJourney {
  const { name, state = "live", trigger, entry, holdout, goal, exit, steps } = definition;
  return {
    name,
    version,
    state,
    trigger,
    ...(trigger.event !== undefined && { entryEvent: compilePattern(eventOf(trigger.event), settings) }),
    ...(entry?.when && { entryRule: compileRule(entry.when, settings) }),
    ...(entry?.once !== undefined && { once: onceOf(entry.once) }),
    holdout: readPercent(holdout),
    ...(goal && {
      goal: {
        ...compilePattern(goal, settings),
        withinMs: goal.within === undefined ? Number.POSITIVE_INFINITY : stepDurationMs(goal.within),
      },
    }),
    ...(exit && { exitRule: compileRule(exit.when, settings) }),
    program: compileProgram(steps, settings, trigger.anniversary?.at),
  };
}

/** Every event by name that the journey must hear of: the fold makes facts of them. */
export function eventsOf({ entryEvent, goal, program }: CompiledJourney): Set<string> {
  const names = program.flatMap((instruction) => (instruction.op === "wait-for" ? [instruction.pattern.event] : []));
  return new Set([...names, ...(entryEvent ? [entryEvent.event] : []), ...(goal ? [goal.event] : [])]);
}

function eventOf(event: NonNullable<Trigger["event"]>) {
  return typeof event === "string" ? { event } : { event: event.name, where: event.where };
}

function onceOf(once: NonNullable<NonNullable<JourneyDefinition["entry"]>["once"]>): Once {
  if (once === "ever") return { kind: "ever" };
  return "per" in once
    ? { kind: "per-time", ms: stepDurationMs(once.per) }
    : { kind: "per-property", property: once.property };
}
