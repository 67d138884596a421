import type { StoredTouch } from "#domain/ports/touch-store.ts";
import type { Touch } from "#domain/touches/touch.ts";
import { claim } from "#domain/touches/touch-moves.ts";
import type { SendPorts, Turn } from "./send-ports.ts";
import { turnOf } from "./write-touch.ts";

/** Long enough for the provider and for writing its answer down in bad weather: who is slower has lost the touch. */
export const LEASE_MS = 60_000;
const ASKED = 6;
const FIRST_DELAY_MS = 100;

/** Takes the touch. Where the answer of the write is lost, looking again tells whether it is ours. Throws what the store
 *  threw. */
export async function claimTouch(
  { touches, now, sleep }: SendPorts,
  { touch, revision }: StoredTouch,
  by: { readonly owner: string; readonly provider: string },
): Promise<StoredTouch | undefined> {
  const next = { touch: claim(touch, { ...by, now: now(), leaseMs: LEASE_MS }), revision: revision + 1 };
  const outcome = await touches.save(next).catch((error: unknown) => ({ error }));
  if (outcome === "saved") return next;
  const there = await persist(sleep, () => touches.find(touch.id));
  if (there?.revision === next.revision && there.touch.lease?.owner === by.owner) return next;
  if (outcome !== "conflict") throw outcome.error;
  return undefined;
}

/** Writes what became of a claimed touch: losing a provider's answer makes it `unknown`. Where somebody else has ended it
 *  meanwhile (the lease ran out), that stands. Throws what the store last threw. */
export function writeClaimed(ports: SendPorts, claimed: StoredTouch, next: Touch): Promise<Turn> {
  return persist(ports.sleep, async () => {
    const saved = await ports.touches.save({ touch: next, revision: claimed.revision + 1 });
    if (saved === "saved") return ended(next);
    const there = await ports.touches.find(claimed.touch.id);
    const isOurs = there?.revision === claimed.revision + 1 && there.touch.state === next.state;
    return isOurs ? ended(next) : { kind: "dropped" };
  });
}

/** Asks a store about a claimed touch as often as it takes: a claim that nobody sees through leaves the touch `unknown`.
 *  Throws what it last threw. */
async function persist<T>(sleep: SendPorts["sleep"], ask: () => Promise<T>): Promise<T> {
  let last: unknown;
  for (let n = 0; n < ASKED; n++) {
    try {
      if (n > 0) await sleep(FIRST_DELAY_MS * 2 ** n);
      return await ask();
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** A message that was sent but not announced comes back until it is. */
function ended(touch: Touch): Turn {
  return touch.unannounced ? { kind: "later", afterMs: 5_000, reason: "unannounced" } : turnOf(touch);
}
