import { addressesOf, appsOf } from "#domain/touches/address.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";
import type { Candidate } from "./open-touch.ts";
import type { SendPorts } from "./send-ports.ts";

/** Whether a provider can write to the address that a touch is for: it is of its app, and of its kind. */
export function takesAddress(
  { channelOf }: Pick<SendPorts, "channelOf">,
  definition: ChannelDefinition,
  { known }: Candidate,
): boolean {
  const { person, address } = known;
  if (!person || address === undefined) return true;
  const apps = appsOf([definition], definition.channel);
  if (apps && !addressesOf(person, definition.channel, apps).includes(address)) return false;
  return channelOf(definition).takes?.(address) ?? true;
}
