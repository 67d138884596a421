import { type CapUse, capsFor, takePlace } from "#domain/decide/caps.ts";
import { decideTouch, type StopReason, type TouchDecision, type TouchQuestion } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { Profile } from "#domain/profile/state.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";
import type { SimulatedCheck } from "#events/admin-api/simulation.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";
import { drawShare } from "./draw.ts";
import { calendarOfPerson } from "./walker.ts";

/** What stores know of a person's addresses, read before the simulation begins. */
export interface KnownAddresses {
  readonly isSuppressed: (channel: string, address: string, category: SendStep["category"]) => boolean;
  /** What was lately sent to the address. */
  readonly usesOf: (channel: string, address: string, category: SendStep["category"]) => readonly CapUse[];
}

export type SimulatedDecision =
  | TouchDecision
  | { readonly kind: "wait"; readonly until: number; readonly reason: "cap_reached" };

/** One channel of a send step, and what is decided about it now. */
export interface Choice {
  readonly channel: string;
  readonly address: string | null;
  readonly decision: SimulatedDecision;
  readonly checks: readonly SimulatedCheck[];
}

export interface TouchAsk {
  readonly touchId: string;
  readonly send: SendStep;
  readonly person: Profile;
  readonly now: number;
}

/** Decides about every channel of a send step as the decision and the sender do, and says which is taken: the first that
 *  may be now or later, else the first. Pure. */
export function decideSend(
  ask: TouchAsk,
  known: KnownAddresses,
  bundle: CompiledBundle,
): { readonly choices: readonly Choice[]; readonly chosen: Choice | undefined } {
  const choices = [ask.send.channel].flat().map((channel) => decideChannel(ask, channel, known, bundle));
  return { choices, chosen: choices.find(({ decision }) => decision.kind !== "stop") ?? choices[0] };
}

function decideChannel(
  { touchId, send, person, now }: TouchAsk,
  channel: string,
  known: KnownAddresses,
  bundle: CompiledBundle,
): Choice {
  const { category } = send;
  const addresses = addressesOf(person, channel, appsOf(bundle.channels, channel));
  // What gets nothing at all is dead: the one before it is taken.
  const address = addresses.find((one) => !known.isSuppressed(channel, one, "transactional")) ?? addresses[0];
  const question: TouchQuestion = {
    channel,
    category,
    person,
    ...(address !== undefined && { address }),
    suppressed: address !== undefined && known.isSuppressed(channel, address, category),
    controlShare: bundle.project.controlShare,
    quietHours: parseQuietHours(bundle.project.quietHours),
    calendar: calendarOfPerson(person, bundle),
    now,
  };
  const asked = decideTouch(question);
  const caps = capsFor(bundle.project.caps, channel, category);
  const uses = address === undefined ? [] : known.usesOf(channel, address, category);
  const place = asked.kind === "go" && caps.length > 0 ? takePlace(caps, uses, touchId, now) : undefined;
  const decision: SimulatedDecision = place?.kind === "full" ? overCap(send, place.opensAt) : asked;
  const seen = { ...seenBy(question, bundle), cap_reached: { caps: bundle.project.caps, uses: uses.length } };
  return { channel, address: address ?? null, decision, checks: listChecks(decision, category, seen) };
}

function overCap({ overCap: way = "skip" }: SendStep, until: number): SimulatedDecision {
  return way === "wait" ? { kind: "wait", until, reason: "cap_reached" } : { kind: "stop", reason: "cap_reached" };
}

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

function listChecks(
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

function seenBy(
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
