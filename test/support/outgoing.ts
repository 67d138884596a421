import type { OutgoingMessage } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";
import type { Message } from "#events/message.ts";

/** A message on its way to an address. */
export function outgoing(address: string, message: Message, changed: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    address,
    profileId: "p_ann" as ProfileId,
    category: "marketing",
    journey: "welcome",
    message,
    ...changed,
  };
}

export const BY = { touchId: "touch-1", timeoutMs: 2_000 };
