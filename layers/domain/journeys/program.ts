import type { CompiledRule } from "#domain/rules/compile.ts";
import type { EventTest } from "#domain/rules/where.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";

/** An event that a journey waits for. */
export interface EventPattern {
  readonly event: string;
  readonly matches: EventTest;
}

/** The steps of a journey laid flat: branches are jumps to later instructions, so that a run's place is one number and no
 *  run can go in a circle. `path` is where the step stands in the definition, for statistics. */
export type Instruction = { readonly path: string } & (
  | { readonly op: "wait"; readonly forMs: number }
  /** `onEntryDay`: that time of the day of entry, and no wait where it is over. */
  | { readonly op: "wait-until"; readonly minuteOfDay: number; readonly zone: string; readonly onEntryDay?: true }
  | {
      readonly op: "wait-for";
      readonly pattern: EventPattern;
      readonly forMs: number;
      readonly onEvent: number;
      readonly onTimeout: number;
    }
  | { readonly op: "split"; readonly experiment: string; readonly arms: readonly (readonly [string, number])[] }
  | { readonly op: "branch"; readonly cases: readonly BranchTarget[]; readonly otherwise: number }
  | { readonly op: "send"; readonly send: SendStep }
  | { readonly op: "tag"; readonly name: string; readonly on: boolean }
  | { readonly op: "jump"; readonly to: number }
  | { readonly op: "end" }
);

export interface BranchTarget {
  readonly when?: CompiledRule;
  /** Arms of the last split. */
  readonly arms?: ReadonlySet<string>;
  readonly to: number;
}

export type Program = readonly Instruction[];
