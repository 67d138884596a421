import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { OWN_ADAPTERS } from "./own-adapters.ts";

/** A channel's providers by priority. The log and the inbox work without a definition. */
export function providersOf({ channels }: CompiledBundle, channel: string): readonly ChannelDefinition[] {
  const defined = channels.filter((one) => one.channel === channel);
  if (defined.length > 0 || !OWN_ADAPTERS.has(channel)) return defined;
  return [{ kind: "channel", name: channel, channel: ChannelName.parse(channel), adapter: channel }];
}
