import type { ProfileId, ProfileState } from "#domain/profile/state.ts";
import { splitIdentifier } from "#domain/profile/view.ts";
import type { ChannelDefinition } from "#events/definitions/channel.ts";

/** The identifiers that are addresses, by channel: `openid` stands for `openid:<app>` too. */
const ADDRESS_TYPES: Readonly<Record<string, readonly string[]>> = {
  email: ["email"],
  sms: ["phone"],
  push: ["registrationId"],
  wechat: ["openid"],
};

/** The apps that a channel's providers write for, by their option `appId`: an `openid:<app>` of another is out of reach.
 *  Undefined where some provider writes for every app. */
export function appsOf(
  channels: readonly Pick<ChannelDefinition, "channel" | "options">[],
  channel: string,
): ReadonlySet<string> | undefined {
  const apps = channels.filter((one) => one.channel === channel).map(({ options }) => options?.appId);
  const named = apps.filter((app) => typeof app === "string");
  return apps.length > 0 && named.length === apps.length ? new Set(named) : undefined;
}

/** Whether a channel has no addresses of its own (webhook, inapp, log): it reaches people by their id. */
export function isByPersonId(channel: string): boolean {
  return ADDRESS_TYPES[channel] === undefined;
}

/** Addresses of a person on a channel, the one learned last first; of `apps` only, where they are given. Where people are
 *  reached by their id, it is the one. */
export function addressesOf(
  person: { readonly id: ProfileId; readonly state: ProfileState },
  channel: string,
  apps?: ReadonlySet<string>,
): string[] {
  const types = ADDRESS_TYPES[channel];
  if (!types) return [person.id];
  return [...person.state.identifiers]
    .toSorted(([a, since], [b, later]) => later - since || (a < b ? -1 : 1))
    .map(([key]) => splitIdentifier(key))
    .filter(({ type }) => {
      const [family = "", app] = type.split(":");
      return types.includes(family) && (app === undefined || !apps || apps.has(app));
    })
    .map(({ value }) => value);
}

/** All of a person's addresses on a channel, the one to write to first. Where people are reached by their id, those of the
 *  people whom they have absorbed lead to them too. */
export function allAddressesOf(
  person: { readonly id: ProfileId; readonly state: ProfileState },
  channel: string,
): string[] {
  return isByPersonId(channel) ? [person.id, ...person.state.absorbed] : addressesOf(person, channel);
}
