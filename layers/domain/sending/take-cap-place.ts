import { capsFor, takePlace } from "#domain/decide/caps.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CapStore } from "#domain/ports/cap-store.ts";
import type { Touch } from "#domain/touches/touch.ts";

/** Every sender that loses a race has been overtaken by one that took a place: this many places fall free for no cap. */
const ATTEMPTS = 200;

/** Every race for a place under a cap was lost. */
export class CapBusyError extends Error {
  override readonly name = "CapBusyError";
  readonly code = "cap_busy";
  readonly retriable = true;
}

/** Takes a touch's place under the frequency caps of its address, as of `now`, or says when one falls free. A touch that
 *  had a place and was not sent takes a new one: caps count what is sent, when it is sent. Throws CapBusyError. */
export async function takeCapPlace(
  caps: CapStore,
  touch: Touch,
  { project }: CompiledBundle,
  now: number,
): Promise<{ readonly kind: "free" } | { readonly kind: "full"; readonly opensAt: number }> {
  const own = capsFor(project.caps, touch.channel, touch.category);
  if (own.length === 0 || touch.addressHash === undefined) return { kind: "free" };
  const key = { channel: touch.channel, category: touch.category, address: touch.addressHash };
  const expiresAt = now + Math.max(...own.map(({ perMs }) => perMs));
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { revision, uses } = await caps.find(key);
    const others = uses.filter(({ touchId }) => touchId !== touch.id);
    const decision = takePlace(own, others, touch.id, now);
    if (decision.kind === "full") return decision;
    const saved = await caps.save(key, { revision: revision + 1, uses: decision.uses }, expiresAt);
    if (saved === "saved") return { kind: "free" };
  }
  throw new CapBusyError(touch.id);
}
