import type { StopReason } from "#domain/decide/decide-touch.ts";
import type { SendResult } from "#domain/ports/channel.ts";
import type { Touch, TouchState } from "./touch.ts";

const FINAL: ReadonlySet<TouchState> = new Set<TouchState>(["sent", "failed", "stopped", "unknown"]);
/** Calls of a provider that refuses before a message is given up. */
const MAX_ATTEMPTS = 10;
const FIRST_DELAY_MS = 15_000;
/** As long as a queue can keep a message back. */
const LONGEST_DELAY_MS = 15 * 60_000;

/** Whether nothing can become of a touch any more. */
export function isFinal({ state }: Touch): boolean {
  return FINAL.has(state);
}

/** A sender takes the touch, for one call of one provider. Whoever had claimed it before may have sent it. */
export function claim(
  touch: Touch,
  by: { readonly owner: string; readonly provider: string; readonly now: number; readonly leaseMs: number },
): Touch {
  const lease = { owner: by.owner, until: by.now + by.leaseMs };
  const claimed = { ...bare(touch, "claimed", by.now), lease, provider: by.provider, attempt: touch.attempt + 1 };
  return touch.state === "claimed" ? { ...claimed, uncertain: true } : claimed;
}

/** The claim is given back before anything was sent. */
export function unclaim(touch: Touch, now: number): Touch {
  return { ...bare(touch, "requested", now), attempt: touch.attempt - 1 };
}

export function stop(touch: Touch, reason: StopReason, now: number): Touch {
  return { ...bare(touch, "stopped", now), reason };
}

export function fail(touch: Touch, reason: string, now: number): Touch {
  return { ...bare(touch, "failed", now), reason };
}

/** A lease ran out with no result: it may have been sent. */
export function giveUp(touch: Touch, now: number): Touch {
  return { ...bare(touch, "unknown", now), reason: "lease_expired" };
}

/** Why a touch waits for its timer. */
export type WaitReason = "quiet_hours" | "cap_reached" | "journey_paused";

/** What somebody had claimed may have been sent: that is not forgotten while it waits. */
export function wait(
  touch: Touch,
  of: { readonly until: number; readonly reason: WaitReason; readonly now: number },
): Touch {
  const waiting: Touch = { ...bare(touch, "waiting", of.now), waitUntil: of.until, reason: of.reason };
  return touch.state === "claimed" ? { ...waiting, uncertain: true } : waiting;
}

/** A claimed touch after what the provider answered. What may have been sent is sent again only where the provider itself
 *  takes a touch once, and only what the person waits for. */
export function settle(
  touch: Touch,
  result: SendResult,
  { idempotent, now }: { readonly idempotent: boolean; readonly now: number },
): Touch {
  if (result.kind === "sent") {
    const { providerId, segments } = result;
    return { ...bare(touch, "sent", now), providerId, ...(segments !== undefined && { segments }) };
  }
  // Given again to who may have it already: a refusal now says nothing of then.
  if (result.kind === "failed" && touch.uncertain) return { ...bare(touch, "unknown", now), reason: result.code };
  if (result.kind === "failed") return fail(touch, result.code, now);
  const uncertain = touch.uncertain || result.kind === "unknown";
  const mayRepeat = !uncertain || (idempotent && touch.category === "transactional");
  if (!mayRepeat) return { ...bare(touch, "unknown", now), reason: result.code };
  if (touch.attempt >= MAX_ATTEMPTS) {
    return { ...bare(touch, uncertain ? "unknown" : "failed", now), reason: "retries_exhausted" };
  }
  const asked = result.kind === "retry" ? result.afterMs : 0;
  const delayMs = Math.min(LONGEST_DELAY_MS, Math.max(asked, FIRST_DELAY_MS * 2 ** (touch.attempt - 1)));
  const again = { ...bare(touch, "requested", now), reason: result.code, retryAt: now + delayMs };
  return uncertain ? { ...again, uncertain } : again;
}

/** The touch in another state, without what only the state before had. */
function bare(touch: Touch, state: TouchState, now: number): Touch {
  const { reason: _reason, waitUntil: _until, lease: _lease, retryAt: _retryAt, ...rest } = touch;
  return { ...rest, state, changedAt: now };
}
