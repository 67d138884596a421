import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";

/** How a run ended; each ends once. */
export type Outcome =
  | { readonly kind: "goal"; readonly at: number }
  | { readonly kind: "finished"; readonly at: number }
  | { readonly kind: "held-out"; readonly at: number }
  | { readonly kind: "exited"; readonly at: number; readonly why: "exit_rule" | "stopped" | "merged" }
  | { readonly kind: "expired"; readonly at: number; readonly why: "too_old" }
  | { readonly kind: "failed"; readonly at: number; readonly why: "too_many_moves" | "version_gone" };

/** What a live run waits for. */
export type Waiting =
  | { readonly for: "time"; readonly until: number }
  /** `since`: when it got here, by the clock of the waits before. What happened earlier was heard of before this wait. */
  | { readonly for: "event"; readonly since: number; readonly until: number };

/** What let the person in: the fact, and the event's properties where it was one, for conditions and templates. */
export interface EntryCause {
  readonly factId: string;
  /** When it was noticed, where it was no event: milliseconds since 1970. */
  readonly at?: number;
  readonly event?: Pick<CollectedEvent, "event" | "properties" | "money" | "at">;
}

/** What a run has decided that others have to do. */
export type Effect =
  | {
      readonly kind: "touch";
      readonly touchId: string;
      readonly path: string;
      readonly send: SendStep;
      readonly arms: Run["arms"];
    }
  | { readonly kind: "tag"; readonly name: string; readonly on: boolean; readonly at: number };

/** One person's walk through one version of a journey. It is stored whole, on the revision before. */
export interface Run {
  /** Hash of journey, person at entry and entry key. */
  readonly id: string;
  readonly journey: string;
  /** The definition's version that the person entered: the run stays on it. */
  readonly definitionVersion: number;
  readonly profileId: ProfileId;
  readonly entryKey: string;
  readonly enteredAt: number;
  readonly cause: EntryCause;
  /** The next instruction of the program. */
  readonly next: number;
  readonly waiting?: Waiting;
  /** Arms drawn, by experiment, in the order of the draws. */
  readonly arms: readonly (readonly [experiment: string, arm: string])[];
  /** Facts that it has used: none satisfies two waits. */
  readonly consumed: readonly string[];
  /** Every instruction that it has executed, in order: where it stood, for statistics. */
  readonly visited: readonly number[];
  readonly outcome?: Outcome;
  /** When the goal was reached, also after the run had ended or was held out. */
  readonly convertedAt?: number;
  /** What is decided and not yet known to be done: whoever loads the run does it first. Absent: nothing. */
  readonly owed?: readonly Effect[];
  /** The person turned out to be this one, who has the run from here on. Nothing is written to it any more. */
  readonly movedTo?: ProfileId;
}

/** A run's id: the same trigger delivered again gives the same run. `person` is the person's id at entry. */
export function runIdOf(journey: string, person: ProfileId, entryKey: string): string {
  return hash(["run", journey, person, entryKey]);
}

/** A touch's id: one send instruction of one run asks for one touch. */
export function touchIdOf(runId: string, instruction: number): string {
  return hash(["touch", runId, String(instruction)]);
}

function hash(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 26);
}
