import { createHash } from "node:crypto";
import type { ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

/** How a run ended; each ends once. */
export type Outcome =
  | { readonly kind: "goal"; readonly at: number }
  | { readonly kind: "finished"; readonly at: number }
  | { readonly kind: "held-out"; readonly at: number }
  | { readonly kind: "exited"; readonly at: number; readonly why: "exit_rule" | "stopped" | "merged" }
  | { readonly kind: "expired"; readonly at: number; readonly why: "too_old" }
  | { readonly kind: "failed"; readonly at: number; readonly why: "too_many_moves" | "version_gone" };

/** What a live run stands before. `index` is an instruction of its program. */
export type Waiting =
  | { readonly for: "time"; readonly until: number }
  | { readonly for: "event"; readonly until: number };

/** What let the person in: the fact, and the event's properties where it was one, for conditions and templates. */
export interface EntryCause {
  readonly factId: string;
  readonly event?: Pick<CollectedEvent, "event" | "properties" | "money" | "at">;
}

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
  readonly moves: number;
  readonly outcome?: Outcome;
  /** When the goal was reached, also after the run had ended or was held out. */
  readonly convertedAt?: number;
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
