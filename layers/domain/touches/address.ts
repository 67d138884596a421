import type { ProfileId, ProfileState } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";

/** The identifiers that are addresses, by channel: `openid` stands for `openid:<app>` too. */
const ADDRESS_TYPES: Readonly<Record<string, readonly string[]>> = {
  email: ["email"],
  sms: ["phone"],
  push: ["registrationId"],
  wechat: ["openid"],
};

/** Addresses of a person on a channel, the one learned last first. Channels that have no address of their own (webhook,
 *  inapp, log) reach the person by id. */
export function addressesOf(
  person: { readonly id: ProfileId; readonly state: ProfileState },
  channel: string,
): string[] {
  const types = ADDRESS_TYPES[channel];
  if (!types) return [person.id];
  return [...person.state.identifiers]
    .toSorted(([a, since], [b, later]) => later - since || (a < b ? -1 : 1))
    .map(([key]) => splitIdentifier(key))
    .filter(({ type }) => types.includes(type.split(":", 1)[0] ?? ""))
    .map(({ value }) => value);
}
