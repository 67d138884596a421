import type { StopReason, TouchDecision, TouchQuestion } from "#domain/decide/decide-touch.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { SimulatedCheck } from "#events/admin-api/simulation.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";
import { drawShare } from "./draw.ts";

/** What is decided about a touch, its cap asked too. */
export type SimulatedDecision =
  | TouchDecision
  | { readonly kind: "wait"; readonly until: number; readonly reason: "cap_reached" };

/** In the order of `decideTouch`. */
const CHECKS = [
  "erased",
  "no_address",
  "suppressed",
  "no_consent",
  "control_group",
  "quiet_hours",
  "cap_reached",
] as const satisfies readonly (StopReason | "quiet_hours")[];
type CheckName = (typeof CHECKS)[number];

/** What only marketing is asked. */
const OF_MARKETING: ReadonlySet<CheckName> = new Set<CheckName>(["no_consent", "control_group", "quiet_hours"]);

/** Every check of a decision about a touch, in their order, with what it saw. */
export function listChecks(
  decision: SimulatedDecision,
  category: SendStep["category"],
  seen: Readonly<Record<CheckName, unknown>>,
): SimulatedCheck[] {
  const ends = decision.kind === "go" ? CHECKS.length : CHECKS.indexOf(decision.reason as CheckName);
  return CHECKS.map((check, n) => {
    const isAsked = category === "marketing" || !OF_MARKETING.has(check);
    const result =
      n > ends
        ? "not_reached"
        : n === ends
          ? decision.kind === "wait"
            ? "waits"
            : "stopped"
          : isAsked
            ? "passed"
            : "not_asked";
    return { check, result, seen: seen[check] };
  });
}

/** What each check but the cap's has looked at. */
export function seenBy(
  { person, address, suppressed, channel, controlShare, calendar, now }: TouchQuestion,
  { project }: CompiledBundle,
): Record<Exclude<CheckName, "cap_reached">, unknown> {
  const consent = person && readConsent(person.state, "marketing", channel);
  return {
    erased: person === undefined,
    no_address: address ?? null,
    suppressed,
    no_consent: consent ? { granted: consent.granted, at: new Date(consent.at).toISOString() } : null,
    control_group: {
      share: controlShare,
      drawn: person ? drawShare("control group", person.id) < controlShare : false,
    },
    quiet_hours: { ...project.quietHours, zone: calendar.timeZone, clock: clockOf(now, calendar.timeZone) },
  };
}

/** `21:40`, as the clocks of a zone show it. */
function clockOf(now: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone }).format(now);
}
