import type { Channel } from "#domain/ports/channel.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** A dry run: what would have been sent, as the lengths of its parts, in the function's log. No part itself is written, nor
 *  the address: both are about a person. */
export function makeLogChannel(
  { name }: ChannelDefinition,
  log: (message: string, shape: Readonly<Record<string, unknown>>) => void,
): Channel {
  return {
    name,
    adapter: "log",
    idempotent: true,
    async send({ message, journey, category, unsubscribeUrl }, { touchId }) {
      const lengths = Object.entries(message).flatMap(([part, value]) =>
        part !== "channel" && typeof value === "string" ? [[part, value.length] as const] : [],
      );
      log("touch_logged", {
        touchId,
        journey,
        category,
        made: message.channel,
        lengths: Object.fromEntries(lengths),
        canUnsubscribe: unsubscribeUrl !== undefined,
      });
      return { kind: "sent", providerId: touchId };
    },
  };
}
