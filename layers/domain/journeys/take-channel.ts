import { countOpens } from "#domain/decide/channel-opens.ts";
import { type Candidate, chooseChannel } from "#domain/decide/choose-channel.ts";
import { decideTouch, type TouchDecision } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";
import type { ChannelChoice } from "#events/admin-api/channel-choice.ts";
import type { SendStep } from "#events/definitions/journey/steps.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import type { Visit } from "./visit.ts";
import { calendarOfPerson } from "./walker.ts";

/** A channel that a touch could take, and what is decided about it there. */
interface Look extends Candidate {
  readonly addressHash?: string;
  readonly decision: TouchDecision;
}

/** The one that it takes. */
export interface TakenChannel extends Look {
  /** Absent: there was none to choose from. */
  readonly choice?: ChannelChoice;
}

/** Looks at the channels that a send step allows, and chooses. In their order, those behind a first possible one are not
 *  asked about. Caps are no reason to take another: the sender alone knows them. */
export async function takeChannel(ports: JourneyPorts, visit: Visit, send: SendStep): Promise<TakenChannel> {
  const channels = [send.channel].flat();
  const looked: Look[] = [];
  for (const channel of channels) {
    const look = await lookAt(ports, visit, channel, send);
    looked.push(look);
    if (look.stopped === undefined && send.prefer === undefined) break;
  }
  const { chosen, choice } = chooseChannel(channels, looked, send.prefer);
  if (!chosen) return { channel: "", decision: { kind: "stop", reason: "channel_missing" } };
  return channels.length > 1 ? { ...chosen, choice } : chosen;
}

async function lookAt(ports: JourneyPorts, visit: Visit, channel: string, send: SendStep): Promise<Look> {
  const { person, bundle, now } = visit;
  const { decision, addressHash } = await decideChannel(ports, visit, channel, send);
  const opens = send.prefer && countOpens(person.state, bundle.opens.get(channel), bundle.calendar.dayOf(now));
  return {
    channel,
    decision,
    ...(addressHash !== undefined && { addressHash }),
    ...(decision.kind === "stop" && { stopped: decision.reason }),
    ...(opens && { opens }),
  };
}

async function decideChannel(
  ports: JourneyPorts,
  { person, bundle, now }: Visit,
  channel: string,
  { category }: SendStep,
): Promise<Pick<Look, "decision" | "addressHash">> {
  if (!ports.queueOf(channel)) return { decision: { kind: "stop", reason: "channel_missing" } };
  const { address, addressHash } = await chooseAddress(
    ports,
    addressesOf(person, channel, appsOf(bundle.channels, channel)),
    channel,
  );
  const suppressed =
    addressHash !== undefined && (await ports.suppressions.isSuppressed(channel, addressHash, category));
  const decision = decideTouch({
    channel,
    category,
    person,
    ...(address !== undefined && { address }),
    suppressed,
    controlShare: bundle.project.controlShare,
    quietHours: parseQuietHours(bundle.project.quietHours),
    calendar: calendarOfPerson(person, bundle),
    now,
  });
  return { decision, ...(addressHash !== undefined && { addressHash }) };
}

/** The address learned last, but for those that are dead: a phone that was given away leaves the one before. */
async function chooseAddress(
  { hashAddress, suppressions }: Pick<JourneyPorts, "hashAddress" | "suppressions">,
  addresses: readonly string[],
  channel: string,
): Promise<{ readonly address?: string; readonly addressHash?: string }> {
  let first: { readonly address: string; readonly addressHash: string } | undefined;
  for (const address of addresses) {
    const choice = { address, addressHash: await hashAddress(channel, address) };
    // With one address there is nothing to choose.
    if (addresses.length === 1) return choice;
    if (!(await suppressions.isSuppressed(channel, choice.addressHash, "transactional"))) return choice;
    first ??= choice;
  }
  return first ?? {};
}
