import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import { findLiving } from "#domain/identity/find-living.ts";
import { calendarOfPerson } from "#domain/journeys/walker.ts";
import type { StoredTouch } from "#domain/ports/touch-store.ts";
import { putOutcomes } from "#domain/touches/outcome-event.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { giveUp, isFinal, stop } from "#domain/touches/touch-moves.ts";
import { providersOf } from "./providers-of.ts";
import { claimedAddress, decideKnown, type Known } from "./question.ts";
import { releaseCapPlace } from "./release-cap-place.ts";
import type { SendPorts, Turn } from "./send-ports.ts";
import { sentOutcome } from "./sent-outcome.ts";
import { waitUntil } from "./wait-until.ts";
import { writeTouch } from "./write-touch.ts";

/** A touch that may be sent now, as far as anybody knows. */
export interface Candidate {
  readonly stored: StoredTouch;
  readonly known: Known;
  /** The only provider that may send it again: one that takes it once, and may have it already. */
  readonly onlyBy?: string;
}

/** Reads a touch and everything that decides about it. What is over, waits or belongs to another sender gives a turn.
 *  @param inForce the definitions in hand: where they are older than those that the touch was asked for by, they know
 *    nothing of its journey, and are read again. */
export async function openTouch(
  ports: SendPorts,
  inForce: CompiledBundle,
  { touchId, channel }: { readonly touchId: string; readonly channel: string },
): Promise<{ readonly turn: Turn } | { readonly candidate: Candidate }> {
  const stored = await ports.touches.find(touchId);
  if (!stored) return { turn: { kind: "dropped" } };
  const { touch } = stored;
  const now = ports.now();
  if (touch.channel !== channel) throw new Error(`${touchId} is no touch of ${channel}`);
  const isOlder = inForce.version < touch.definitionVersion;
  const bundle = isOlder ? await ports.definitions.atLeast(touch.definitionVersion) : inForce;
  if (isFinal(touch)) return { turn: await announceLate(ports, bundle, stored) };
  if (touch.lease && touch.lease.until > now) return later(touch.lease.until - now, "claimed");
  if (touch.retryAt !== undefined && touch.retryAt > now) return later(touch.retryAt - now, "retry");
  const mayBeSent = touch.state === "claimed" || touch.uncertain === true;
  const onlyBy = mayBeSent ? repeatableBy(ports, bundle, touch) : undefined;
  if (mayBeSent && onlyBy === undefined) {
    return { turn: await writeTouch(ports, stored, giveUp(touch, now)) };
  }
  const known = await know(ports, bundle, touch);
  const decision = decideKnown(known, bundle, ports.now());
  if (decision.kind === "stop") {
    // What may have been sent is not denied afterwards.
    const end = onlyBy === undefined ? stop(touch, decision.reason, ports.now()) : giveUp(touch, ports.now());
    const turn = await writeTouch(ports, stored, end);
    return { turn: await releaseCapPlace(ports, bundle, { known, ...(onlyBy !== undefined && { onlyBy }) }, turn) };
  }
  if (decision.kind === "wait") return { turn: await waitUntil(ports, stored, decision) };
  return { candidate: { stored, known, ...(onlyBy !== undefined && { onlyBy }) } };
}

/** The provider that a touch whose lease ran out may be given to again: what the person waits for, where the provider
 *  itself takes it once. Undefined: none. */
function repeatableBy({ channelOf }: SendPorts, bundle: CompiledBundle, touch: Touch): string | undefined {
  if (touch.category !== "transactional") return undefined;
  const definition = providersOf(bundle, touch.channel).find(({ name }) => name === touch.provider);
  return definition && channelOf(definition).idempotent ? definition.name : undefined;
}

async function know(ports: SendPorts, bundle: CompiledBundle, touch: Touch): Promise<Known> {
  const [person, key] = await Promise.all([findLiving(ports.profiles, touch.profileId), ports.linkKey()]);
  const suppressed =
    touch.addressHash !== undefined &&
    (await ports.suppressions.isSuppressed(touch.channel, touch.addressHash, touch.category));
  return {
    touch,
    person,
    address: claimedAddress(touch, person, key),
    suppressed,
    calendar: person ? calendarOfPerson(person, bundle) : bundle.calendar,
  };
}

/** What was sent but could not be told then. */
async function announceLate(ports: SendPorts, bundle: CompiledBundle, stored: StoredTouch): Promise<Turn> {
  const { unannounced, ...touch } = stored.touch;
  if (!unannounced) return { kind: "dropped" };
  const person = await findLiving(ports.profiles, touch.profileId);
  if (person) {
    const { calendar } = bundle;
    const late = sentOutcome(touch, { person, at: touch.changedAt, calendar, now: ports.now() });
    await putOutcomes(ports.events, [late]);
  }
  // Where another was faster, it has been told twice and counts once.
  await ports.touches.save({ touch, revision: stored.revision + 1 });
  return { kind: "dropped" };
}

function later(afterMs: number, reason: string): { readonly turn: Turn } {
  return { turn: { kind: "later", afterMs: afterMs + 1_000, reason } };
}
