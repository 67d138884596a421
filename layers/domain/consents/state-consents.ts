import { groupEvents } from "#domain/collect/group-events.ts";
import { hashAddress, type LinkKey } from "#domain/links/link-token.ts";
import type { EventStream } from "#domain/ports/streams.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import type { Profile } from "#domain/profile/state.ts";
import { allAddressesOf } from "#domain/touches/address.ts";
import { ChannelName } from "#events/definitions/template.ts";
import { consentEvent, type Hearing, type Statement } from "./consent-event.ts";

export interface StatePorts {
  readonly suppressions: Pick<SuppressionStore, "put" | "lift">;
  readonly events: EventStream;
  readonly linkKey: () => Promise<LinkKey>;
}

/** An address by the channel that it is one of and its keyed hash (`hashAddress`). */
export interface HashedAddress {
  readonly channel: string;
  readonly addressHash: string;
}

/** Whose consents they are: the person, if there still is one, and an address that is surely meant though the person may
 *  no longer have it. */
export interface Subject {
  readonly person: Profile | undefined;
  readonly address?: HashedAddress;
}

/** Makes statements about consents come true, in the order that is safe to break off anywhere: marketing that is refused
 *  is suppressed at once, at every address of the person on the channel, which is what senders look at last; then the
 *  statements go into the event stream, by which the profile changes; then what was suppressed by unsubscribing is lifted
 *  where marketing is granted. A bounce or a complaint is never lifted. Throws what the ports throw; then all of it may
 *  be said again. */
export async function stateConsents(
  ports: StatePorts,
  subject: Subject,
  statements: readonly Statement[],
  hearing: Hearing,
): Promise<void> {
  const key = await ports.linkKey();
  const marketing = statements.filter(({ purpose }) => purpose === "marketing");
  const addresses = (granted: boolean) =>
    marketing
      .filter((said) => said.granted === granted)
      .flatMap(({ channel }) => hashedAddresses(subject, channel, key));
  const refusal = { reason: "unsubscribed", at: hearing.now };
  await Promise.all(
    addresses(false).map(({ channel, addressHash }) =>
      ports.suppressions.put(channel, addressHash, "marketing", refusal),
    ),
  );
  const { person } = subject;
  const events = person ? statements.map((said) => consentEvent(person, said, hearing)) : [];
  const known = events.filter((event) => event !== undefined);
  if (known.length > 0) await ports.events.put(groupEvents(known));
  await liftUnsubscribed(ports.suppressions, addresses(true), hearing.now);
}

/** Takes back what unsubscribing suppressed, up to an instant. */
export async function liftUnsubscribed(
  suppressions: Pick<SuppressionStore, "lift">,
  addresses: readonly HashedAddress[],
  before: number,
): Promise<void> {
  // Only unsubscribing is of the scope `marketing`: bounces and complaints are of `all`.
  await Promise.all(
    addresses.map(({ channel, addressHash }) => suppressions.lift(channel, addressHash, "marketing", before)),
  );
}

/** Every address that a statement about a channel is about, each once. */
export function hashedAddresses({ person, address }: Subject, channel: string, key: LinkKey): HashedAddress[] {
  const channels = channel === "*" ? ChannelName.options : [channel];
  const found = channels.flatMap((name): HashedAddress[] => {
    const own = person ? allAddressesOf(person, name).map((each) => hashAddress(name, each, key)) : [];
    const meant = address?.channel === name ? [address.addressHash] : [];
    return [...new Set([...meant, ...own])].map((addressHash) => ({ channel: name, addressHash }));
  });
  return found;
}
