import type { Channel } from "#domain/ports/channel.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
import { StoreUnavailableError } from "#domain/ports/store-error.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** Messages that wait in the person's inbox for `GET /v1/inapp`. Putting one twice is putting it once. */
export function makeInappChannel(
  { name }: ChannelDefinition,
  inbox: Pick<InappStore, "put">,
  now: () => number,
): Channel {
  return {
    name,
    adapter: "inapp",
    idempotent: true,
    async send({ message, profileId, journey }, { touchId }) {
      if (message.channel !== "inapp") return { kind: "failed", code: "message_not_inapp" };
      const { title, body, url } = message;
      const row = { touchId, title, body, journey, at: now(), ...(url !== undefined && { url }) };
      try {
        await inbox.put(profileId, row);
        return { kind: "sent", providerId: touchId };
      } catch (error) {
        const isThrottled = error instanceof StoreUnavailableError && error.code === "store_throttled";
        // Any other failure may have come after the message lay in the inbox: then it must not be said that it does not.
        return isThrottled
          ? { kind: "retry", afterMs: 0, code: "store_throttled" }
          : { kind: "unknown", code: "store_unavailable" };
      }
    },
  };
}
