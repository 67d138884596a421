import type { ProfileState } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import { HOUR_MS } from "#domain/time/duration.ts";
import type { Verdict } from "./verdict.ts";

/** What a rule is judged on: one person at one instant. */
export interface Subject {
  readonly state: ProfileState;
  /** Milliseconds since 1970; positive. */
  readonly now: number;
  /** Calendar day of `now` in the project's time zone. */
  readonly today: number;
  /** Clock hour of `now`: hours since 1970. */
  readonly hour: number;
  /** What was answered for the memberships that rules may name, by key. One that is not there is not held. */
  readonly answers: ReadonlyMap<string, Verdict>;
}

const NO_ANSWERS: ReadonlyMap<string, Verdict> = new Map();

export function makeSubject(
  state: ProfileState,
  now: number,
  calendar: Calendar,
  answers: ReadonlyMap<string, Verdict> = NO_ANSWERS,
): Subject {
  return { state, now, today: calendar.dayOf(now), hour: Math.floor(now / HOUR_MS), answers };
}
