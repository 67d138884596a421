import type { Channel } from "#domain/ports/channel.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
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
      } catch {
        // It may be there already; then a second time changes nothing.
        return { kind: "retry", afterMs: 0, code: "store_unavailable" };
      }
    },
  };
}
