import { drawShare } from "#domain/journeys/draw.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { ProfileState } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { Category } from "./caps.ts";
import { type QuietHours, quietUntil } from "./quiet-hours.ts";

/** Why somebody is not contacted: stored with the touch, and counted. */
export type StopReason =
  | "erased"
  | "no_address"
  | "suppressed"
  | "no_consent"
  | "control_group"
  | "cap_reached"
  | "journey_stopped"
  | "channel_missing";

/** What is known when a touch is decided. */
export interface TouchQuestion {
  readonly channel: string;
  readonly category: Category;
  /** Undefined: the person is erased or was never there. */
  readonly person?: { readonly id: string; readonly state: ProfileState };
  /** Undefined: the person has none for this channel. */
  readonly address?: string;
  readonly suppressed: boolean;
  /** The share of people who are never sent marketing, so that its whole effect can be measured. */
  readonly controlShare: number;
  readonly quietHours: QuietHours;
  /** The calendar of the person's zone. */
  readonly calendar: Calendar;
  readonly now: number;
}

export type TouchDecision =
  | { readonly kind: "go"; readonly address: string }
  | { readonly kind: "stop"; readonly reason: StopReason }
  | { readonly kind: "wait"; readonly until: number; readonly reason: "quiet_hours" };

/** Decides about a touch by everything but its cap, in the order of model.md §7: erased, no address, suppressed, consent,
 *  control group, quiet hours. It is asked when the touch is requested and again just before the provider is called.
 *  Marketing needs a consent that was granted, and is what the control group and the quiet hours are about. Pure. */
export function decideTouch(question: TouchQuestion): TouchDecision {
  const { person, address, category, channel, now } = question;
  if (!person) return { kind: "stop", reason: "erased" };
  if (address === undefined) return { kind: "stop", reason: "no_address" };
  if (question.suppressed) return { kind: "stop", reason: "suppressed" };
  if (category === "transactional") return { kind: "go", address };
  if (!readConsent(person.state, "marketing", channel)?.granted) return { kind: "stop", reason: "no_consent" };
  if (drawShare("control group", person.id) < question.controlShare) return { kind: "stop", reason: "control_group" };
  const until = quietUntil(now, question.quietHours, question.calendar);
  return until === undefined ? { kind: "go", address } : { kind: "wait", until, reason: "quiet_hours" };
}
