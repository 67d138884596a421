import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { StoredTouch } from "#domain/ports/touch-store.ts";
import { putOutcomes } from "#domain/touches/outcome-event.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { fail, giveUp, settle, stop, unclaim } from "#domain/touches/touch-moves.ts";
import type { Sign } from "./breaker.ts";
import { callProvider, PROVIDER_TIMEOUT_MS, signOf } from "./call-provider.ts";
import { claimTouch, LEASE_MS, writeClaimed } from "./claim-touch.ts";
import { composeMessage } from "./compose.ts";
import type { Candidate } from "./open-touch.ts";
import { capHashesOf, decideKnown } from "./question.ts";
import type { SendPorts, Turn } from "./send-ports.ts";
import { sentOutcome } from "./sent-outcome.ts";
import { SILENT_ADAPTERS } from "./silent-adapters.ts";
import { takeCapPlace } from "./take-cap-place.ts";
import { waitUntil } from "./wait-until.ts";
import { writeTouch } from "./write-touch.ts";

/** What the last look has shown holds for so long: a provider is called within this, or after another look. */
const LOOK_LASTS_MS = 2_000;
const FIRST_DELAY_MS = 100;

export interface Delivered {
  readonly turn: Turn;
  /** What the provider showed of its health; absent where it was not called. */
  readonly sign?: Sign;
}

/** Sends a touch by one provider: decides once more as of now, renders, takes its place under the caps, claims, looks at the
 *  suppressions one last time, calls the provider, and writes down what came of it. */
export async function deliver(
  ports: SendPorts,
  bundle: CompiledBundle,
  candidate: Candidate,
  by: { readonly channel: Channel; readonly owner: string },
): Promise<Delivered> {
  const { stored, known } = candidate;
  const { touch, person, address } = known;
  const decision = decideKnown(known, bundle, ports.now());
  if (decision.kind === "wait") return { turn: await waitUntil(ports, stored, decision) };
  // The definitions may have changed since it was opened.
  if (decision.kind === "stop") return { turn: await end(ports, candidate, stop(touch, decision.reason, ports.now())) };
  if (!person || address === undefined) throw new Error(`${touch.id} was no candidate`);
  const { timeZone } = known.calendar;
  const surroundings = { key: await ports.linkKey(), publicUrl: ports.publicUrl, now: ports.now() };
  const composing = { touch, person, address, timeZone, ...surroundings };
  const composed = await composeMessage(ports.renderer, composing, bundle);
  if (composed.kind === "failed")
    return { turn: await end(ports, candidate, fail(touch, composed.reason, ports.now())) };
  const hashes = capHashesOf(known, surroundings.key);
  const place =
    candidate.onlyBy === undefined
      ? await takeCapPlace(ports.caps, touch, { hashes, bundle, now: ports.now })
      : undefined;
  if (place?.kind === "full") {
    if (touch.overCap === "skip") return { turn: await end(ports, candidate, stop(touch, "cap_reached", ports.now())) };
    return { turn: await waitUntil(ports, stored, { until: place.opensAt, reason: "cap_reached" }) };
  }
  const claimed = await claimTouch(ports, stored, { owner: by.owner, provider: by.channel.name });
  if (!claimed) return { turn: { kind: "later", afterMs: 1_000, reason: "raced" } };
  return sendClaimed(ports, bundle, claimed, { ...by, message: composed.message, candidate });
}

/** An end without a call. What may have been sent by a call before is not denied afterwards. */
async function end(ports: SendPorts, { stored, onlyBy }: Candidate, next: Touch): Promise<Turn> {
  return writeTouch(ports, stored, onlyBy === undefined ? next : giveUp(stored.touch, ports.now()));
}

async function sendClaimed(
  ports: SendPorts,
  bundle: CompiledBundle,
  claimed: StoredTouch,
  of: { channel: Channel; owner: string; message: OutgoingMessage; candidate: Candidate },
): Promise<Delivered> {
  const { touch } = claimed;
  const { channel, candidate } = of;
  const lookedAt = ports.now();
  const suppressed = await lastLook(ports, claimed, candidate);
  if (suppressed) {
    const stopped =
      candidate.onlyBy === undefined ? stop(touch, "suppressed", ports.now()) : giveUp(touch, ports.now());
    return { turn: await writeClaimed(ports, claimed, stopped) };
  }
  if (
    hasStoodStill(ports.now(), { touch, lookedAt }) ||
    decideKnown(candidate.known, bundle, ports.now()).kind !== "go"
  ) {
    return { turn: await putBack(ports, claimed, candidate) };
  }
  const result = await callProvider(ports, channel, of.message, touch.id);
  const sign = signOf(result);
  const settled = settle(touch, result, { idempotent: channel.idempotent, now: ports.now() });
  const told = await follow(ports, bundle, { touch: settled, result, candidate, channel });
  return { turn: await writeClaimed(ports, claimed, told), sign };
}

/** The strongly consistent read that decides: whoever unsubscribed before it gets nothing. Where it fails nothing was
 *  sent, and the claim is given back. */
async function lastLook(ports: SendPorts, claimed: StoredTouch, { onlyBy }: Candidate): Promise<boolean> {
  const { channel, addressHash = "", category } = claimed.touch;
  try {
    return await ports.suppressions.isSuppressed(channel, addressHash, category);
  } catch (error) {
    if (onlyBy === undefined) await writeClaimed(ports, claimed, unclaim(claimed.touch, ports.now()));
    throw error;
  }
}

/** Whether a worker has been held up since its last look or its claim for so long that neither says anything any more. */
function hasStoodStill(now: number, { touch, lookedAt }: { touch: Touch; lookedAt: number }): boolean {
  const leaseMs = (touch.lease?.until ?? now) - now;
  return now - lookedAt > LOOK_LASTS_MS || leaseMs < PROVIDER_TIMEOUT_MS;
}

/** Nothing was sent. A touch that a provider may have from before keeps its claim, which runs out. */
async function putBack(ports: SendPorts, claimed: StoredTouch, { onlyBy }: Candidate): Promise<Turn> {
  if (onlyBy !== undefined) return { kind: "later", afterMs: LEASE_MS, reason: "held_up" };
  return writeClaimed(ports, claimed, unclaim(claimed.touch, ports.now()));
}

/** What an answer entails, before it is written down: the touch can be found by the id of a provider that tells of it later,
 *  its `Message Sent` is in the event stream, and a dead address is written to no more. None of it keeps the answer from
 *  being written. */
async function follow(
  ports: SendPorts,
  bundle: CompiledBundle,
  of: { touch: Touch; result: SendResult; candidate: Candidate; channel: Channel },
): Promise<Touch> {
  const { touch, result, candidate, channel } = of;
  const { person } = candidate.known;
  const now = ports.now();
  if (result.kind === "failed" && result.suppress && touch.addressHash !== undefined) {
    const [scope, reason] =
      result.suppress === "marketing" ? (["marketing", "unsubscribed"] as const) : (["all", "address_dead"] as const);
    const { suppressions } = ports;
    const { addressHash } = touch;
    await attempt(ports, touch, "suppress", () =>
      suppressions.put(touch.channel, addressHash, scope, { reason, at: now }),
    );
  }
  if (result.kind !== "sent" || !person) return touch;
  const { calendar } = bundle;
  const link = { provider: channel.adapter, providerId: result.providerId, touchId: touch.id, at: now };
  const isNeverAsked = result.providerId === touch.id || SILENT_ADAPTERS.has(channel.adapter);
  const [, announced] = await Promise.all([
    isNeverAsked || attempt(ports, touch, "link", () => ports.touches.linkProvider(link)),
    attempt(ports, touch, "announce", () =>
      putOutcomes(ports.events, [sentOutcome(touch, { person, at: now, calendar, now })]),
    ),
  ]);
  return announced ? touch : { ...touch, unannounced: true };
}

async function attempt(
  { sleep, logFailure }: SendPorts,
  { id }: Touch,
  step: string,
  run: () => Promise<unknown>,
): Promise<boolean> {
  for (let n = 0; n < 3; n++) {
    try {
      if (n > 0) await sleep(FIRST_DELAY_MS * 2 ** n);
      await run();
      return true;
    } catch (error) {
      logFailure(error, { touchId: id, step });
    }
  }
  return false;
}
