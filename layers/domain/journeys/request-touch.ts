import { decideTouch, type TouchDecision, type TouchQuestion } from "#domain/decide/decide-touch.ts";
import { parseQuietHours } from "#domain/decide/quiet-hours.ts";
import { addressesOf, appsOf } from "#domain/touches/address.ts";
import { type Touch, touchTimerId } from "#domain/touches/touch.ts";
import type { JourneyPorts } from "./journey-ports.ts";
import { putWait } from "./put-wait.ts";
import type { Effect, Run } from "./run.ts";
import type { Visit } from "./visit.ts";
import { calendarOfPerson } from "./walker.ts";

type TouchEffect = Extract<Effect, { kind: "touch" }>;

/** A channel that a touch could take, and what is decided about it there. */
interface Choice {
  readonly channel: string;
  readonly addressHash?: string;
  readonly decision: TouchDecision;
}

/** Asks for a touch once: its row is written if there is none, then its queue hears of it. A touch that nobody may send is
 *  stored with the reason; one that has to wait has its timer first. Asked again, it sees through what was begun. */
export async function requestTouch(ports: JourneyPorts, visit: Visit, run: Run, effect: TouchEffect): Promise<void> {
  const begun = await ports.touches.find(effect.touchId);
  if (begun) return seeThrough(ports, begun.touch);
  const touch = touchOf(run, effect, await chooseChannel(ports, visit, effect), visit.now);
  await putTimer(ports, touch);
  if ((await ports.touches.save({ touch, revision: 1 })) === "conflict") return requestTouch(ports, visit, run, effect);
  ports.count("TouchesRequested", 1);
  if (touch.state === "stopped") ports.count(`TouchesStopped.${touch.reason}`, 1);
  await seeThrough(ports, touch);
}

/** The first channel that the touch may take now or later; where there is none, the first and why it may not. */
async function chooseChannel(ports: JourneyPorts, visit: Visit, { send }: TouchEffect): Promise<Choice> {
  let first: Choice | undefined;
  for (const channel of [send.channel].flat()) {
    const choice = await decideChannel(ports, visit, channel, send.category);
    if (choice.decision.kind !== "stop") return choice;
    first ??= choice;
  }
  return first ?? { channel: "", decision: { kind: "stop", reason: "channel_missing" } };
}

async function decideChannel(
  ports: JourneyPorts,
  { person, bundle, now }: Visit,
  channel: string,
  category: TouchQuestion["category"],
): Promise<Choice> {
  if (!ports.queueOf(channel)) return { channel, decision: { kind: "stop", reason: "channel_missing" } };
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
  return { channel, decision, ...(addressHash !== undefined && { addressHash }) };
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

function touchOf(run: Run, { touchId, path, send, arms }: TouchEffect, choice: Choice, now: number): Touch {
  const { decision, channel, addressHash } = choice;
  return {
    id: touchId,
    profileId: run.profileId,
    journey: run.journey,
    definitionVersion: run.definitionVersion,
    runId: run.id,
    path,
    channels: [send.channel].flat(),
    channel,
    ...(addressHash !== undefined && { addressHash }),
    template: send.template,
    category: send.category,
    overCap: send.overCap ?? "skip",
    arms,
    cause: run.cause,
    requestedAt: now,
    changedAt: now,
    attempt: 0,
    ...stateOf(decision),
  };
}

function stateOf(decision: TouchDecision): Pick<Touch, "state" | "reason" | "waitUntil"> {
  if (decision.kind === "stop") return { state: "stopped", reason: decision.reason };
  if (decision.kind === "go") return { state: "requested" };
  return { state: "waiting", reason: decision.reason, waitUntil: decision.until };
}

/** A message that comes twice does no harm; one that was never sent leaves a touch for good. */
async function seeThrough(ports: JourneyPorts, touch: Touch): Promise<void> {
  if (touch.state === "requested") await ports.queueOf(touch.channel)?.send([{ touchId: touch.id }]);
}

async function putTimer(ports: JourneyPorts, { id, state, waitUntil }: Touch): Promise<void> {
  if (state !== "waiting" || waitUntil === undefined) return;
  await putWait(ports, { id: touchTimerId(id), at: waitUntil, version: 1 });
}
