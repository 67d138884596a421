import type { OutgoingMessage } from "#domain/ports/channel.ts";
import type { ProfileId } from "#domain/profile/state.ts";

/** A marketing mail to Ann. */
export function aMail(changed: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    address: "ann@example.com",
    profileId: "p_ann" as ProfileId,
    category: "marketing",
    journey: "welcome",
    message: { channel: "email", subject: "欢迎", html: "<p>Hello</p>", text: "Hello", headers: {} },
    unsubscribeUrl: "https://strata.example.com/u/token",
    ...changed,
  };
}
