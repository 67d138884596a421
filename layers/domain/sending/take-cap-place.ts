import { capsFor, takePlace } from "#domain/decide/caps.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CapKey, CapStore } from "#domain/ports/cap-store.ts";
import type { Touch } from "#domain/touches/touch.ts";

/** Every sender that loses a race has been overtaken by one that took a place: this many places fall free for no cap. */
const ATTEMPTS = 200;

/** Every race for a place under a cap was lost. */
export class CapBusyError extends Error {
  override readonly name = "CapBusyError";
  readonly code = "cap_busy";
  readonly retriable = true;
}

/** Takes a touch's place under the frequency caps of its address, or says when one falls free. A touch that
 *  had a place and was not sent takes a new one: caps count what is sent, when it is sent. The place is taken at the first
 *  hash; what counts at the others, of people whom this one has absorbed, counts too. Throws CapBusyError. */
export async function takeCapPlace(
  caps: CapStore,
  touch: Touch,
  of: { readonly hashes: readonly string[]; readonly bundle: CompiledBundle; readonly now: () => number },
): Promise<{ readonly kind: "free" } | { readonly kind: "full"; readonly opensAt: number }> {
  const { channel, category } = touch;
  const { bundle } = of;
  const own = capsFor(bundle.project.caps, channel, category);
  const [key, ...formerKeys] = of.hashes.map((address): CapKey => ({ channel, category, address }));
  if (own.length === 0 || !key) return { kind: "free" };
  const former = (await Promise.all(formerKeys.map((one) => caps.find(one)))).flatMap(({ uses }) => uses);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { revision, uses } = await caps.find(key);
    // Who read the clock before may have stood still since: another has sent this touch meanwhile, and its place is newer.
    const now = of.now();
    // What counts at the others is written down at the first as well: each use counts once.
    const all = new Map([...former, ...uses].map((use) => [use.touchId, use]));
    all.delete(touch.id);
    const others = [...all.values()];
    const decision = takePlace(own, others, touch.id, now);
    // One that it has from before is not given back here: another may have sent the touch with it.
    if (decision.kind === "full") return decision;
    const expiresAt = now + Math.max(...own.map(({ perMs }) => perMs));
    const saved = await caps.save(key, { revision: revision + 1, uses: decision.uses }, expiresAt);
    if (saved === "saved") return { kind: "free" };
  }
  throw new CapBusyError(touch.id);
}
