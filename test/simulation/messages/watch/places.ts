import { hashAddress } from "#domain/links/link-token.ts";
import { linkKeyOf } from "../message-config.ts";

/** An address of a channel, as the Suppressions table calls it: `<channel>#<keyed hash>`. */
export type Place = string;

const places = new Map<string, Place>();

export async function openPlaces(): Promise<(channel: string, address: string) => Place> {
  const key = await linkKeyOf(() => 0)();
  return (channel, address) => {
    const name = `${channel} ${address}`;
    const known = places.get(name) ?? `${channel}#${hashAddress(channel, address, key)}`;
    places.set(name, known);
    return known;
  };
}
