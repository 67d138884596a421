import { type CapUse, capsFor, takePlace } from "#domain/decide/caps.ts";
import { countOpens } from "#domain/decide/channel-opens.ts";
import { type Candidate, chooseChannel } from "#domain/decide/choose-channel.ts";
import { decideTouch, type TouchQuestion } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Profile } from "#domain/profile/state.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";
import type { ChannelChoice } from "#events/admin-api/channel-choice.ts";
import type { SimulatedCheck } from "#events/admin-api/simulation.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";
import { listChecks, type SimulatedDecision, seenBy } from "./simulate-checks.ts";
import { calendarOfPerson } from "./walker.ts";

/** What stores know of a person's addresses, read before the simulation begins. */
export interface KnownAddresses {
  readonly isSuppressed: (channel: string, address: string, category: SendStep["category"]) => boolean;
  /** What was lately sent to the address. */
  readonly usesOf: (channel: string, address: string, category: SendStep["category"]) => readonly CapUse[];
}

/** One channel of a send step, and what is decided about it now. */
export interface Look extends Candidate {
  readonly address: string | null;
  readonly decision: SimulatedDecision;
  readonly checks: readonly SimulatedCheck[];
}

/** The channel that a touch takes, from the first decision about it on. */
export interface TakenChannel {
  readonly channel: string;
  /** Why that one; null: the step allows no other. */
  readonly choice: ChannelChoice | null;
}

export interface TouchAsk {
  readonly touchId: string;
  readonly send: SendStep;
  readonly person: Profile;
  readonly now: number;
  /** Of a touch that has waited. */
  readonly taken?: TakenChannel | undefined;
}

/** Decides about the channels of a send step as the decision does, and about the one that is taken as the sender does:
 *  caps are asked there alone and lead to no other. Pure. */
export function decideSend(
  ask: TouchAsk,
  known: KnownAddresses,
  bundle: CompiledBundle,
): { readonly looks: readonly Look[]; readonly chosen: Look | undefined; readonly choice: ChannelChoice | null } {
  const { send, taken } = ask;
  const channels = taken ? [taken.channel] : [send.channel].flat();
  const looks = channels.map((channel) => lookAt(ask, channel, known, bundle, { asksCap: false }));
  const { chosen, choice } = chooseChannel(channels, looks, send.prefer);
  const asked = chosen && lookAt(ask, chosen.channel, known, bundle, { asksCap: true });
  return {
    looks: looks.map((look) => (look === chosen && asked ? asked : look)),
    chosen: asked,
    choice: taken ? taken.choice : channels.length > 1 ? choice : null,
  };
}

function lookAt(
  { touchId, send, person, now }: TouchAsk,
  channel: string,
  known: KnownAddresses,
  bundle: CompiledBundle,
  { asksCap }: { readonly asksCap: boolean },
): Look {
  const { category, prefer } = send;
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
  const caps = asksCap ? capsFor(bundle.project.caps, channel, category) : [];
  const uses = address === undefined ? [] : known.usesOf(channel, address, category);
  const place = asked.kind === "go" && caps.length > 0 ? takePlace(caps, uses, touchId, now) : undefined;
  const decision: SimulatedDecision = place?.kind === "full" ? overCap(send, place.opensAt) : asked;
  const seen = { ...seenBy(question, bundle), cap_reached: { caps: bundle.project.caps, uses: uses.length } };
  return {
    channel,
    address: address ?? null,
    decision,
    checks: listChecks(decision, category, seen),
    ...(asked.kind === "stop" && { stopped: asked.reason }),
    ...(prefer && { opens: countOpens(person.state, bundle.opens.get(channel), bundle.calendar.dayOf(now)) }),
  };
}

function overCap({ overCap: way = "skip" }: SendStep, until: number): SimulatedDecision {
  return way === "wait" ? { kind: "wait", until, reason: "cap_reached" } : { kind: "stop", reason: "cap_reached" };
}
