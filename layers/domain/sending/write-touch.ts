import type { StoredTouch } from "#domain/ports/touch-store.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { SendPorts, Turn } from "./send-ports.ts";

/** Writes the end of a touch that was not sent in this turn. Where another sender was faster, it has the touch. */
export async function writeTouch(
  { touches }: Pick<SendPorts, "touches">,
  { revision }: StoredTouch,
  next: Touch,
): Promise<Turn> {
  const saved = await touches.save({ touch: next, revision: revision + 1 });
  return saved === "saved" ? turnOf(next) : { kind: "later", afterMs: 1_000, reason: "raced" };
}

/** What a touch's state means for the message that led to it. */
export function turnOf({ state, reason, retryAt = 0, changedAt }: Touch): Turn {
  if (state === "sent" || state === "failed" || state === "stopped" || state === "unknown") {
    return { kind: "ended", state, ...(reason !== undefined && { reason }) };
  }
  return { kind: "later", afterMs: Math.max(1_000, retryAt - changedAt), reason: reason ?? state };
}
