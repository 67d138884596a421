import { putWait } from "#domain/journeys/put-wait.ts";
import type { StoredTouch } from "#domain/ports/touch-store.ts";
import { touchTimerId } from "#domain/touches/touch.ts";
import { type WaitReason, wait } from "#domain/touches/touch-moves.ts";
import type { SendPorts, Turn } from "./send-ports.ts";

/** Puts a touch off. Its timer is written before the state that relies on it: where the state is not written after all, the
 *  timer brings the touch back once too often, and nothing comes of it. */
export async function waitUntil(
  ports: Pick<SendPorts, "touches" | "timers" | "now">,
  { touch, revision }: StoredTouch,
  { until, reason }: { readonly until: number; readonly reason: WaitReason },
): Promise<Turn> {
  const now = ports.now();
  // Of a version that `wake`, which is about to remove the row that led here, does not know. Where its clock is ahead of
  // this one that happens again and again, so the touch is written too, though nothing has changed: each time counts.
  const version = revision + 1;
  await putWait(ports, { id: touchTimerId(touch.id), at: until, version });
  const saved = await ports.touches.save({ touch: wait(touch, { until, reason, now }), revision: version });
  return saved === "saved" ? { kind: "waits", reason } : { kind: "later", afterMs: 1_000, reason: "raced" };
}
