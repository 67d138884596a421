import { type HashedAddress, hashedAddresses, liftUnsubscribed } from "#domain/consents/state-consents.ts";
import type { LinkKey } from "#domain/links/link-token.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import { readConsent } from "#domain/profile/consent.ts";
import type { Profile, ProfileState } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

export interface FollowPorts {
  readonly suppressions: Pick<SuppressionStore, "lift">;
  readonly inapp: Pick<InappStore, "dismiss">;
  readonly linkKey: () => Promise<LinkKey>;
}

/** What a few events ask for outside the profile, before the profile that has seen them is written: redelivered, they are
 *  followed again, which changes nothing. `state` is the person's with these events in it. */
export async function followEvents(
  ports: FollowPorts,
  person: Profile,
  state: ProfileState,
  applied: readonly CollectedEvent[],
): Promise<void> {
  const grants = applied.filter(({ consent }) => consent?.granted === true && consent.purpose === "marketing");
  const dismissals = applied.filter(({ event }) => event === "In-App Dismissed");
  if (grants.length > 0) await liftForGrants(ports, { ...person, state }, grants);
  for (const { properties } of dismissals) {
    const touchId = properties?.touchId;
    if (typeof touchId !== "string" || touchId === "" || touchId.length > 512) continue;
    // It lies where the person was when it was sent.
    await Promise.all([person.id, ...state.absorbed].map((id) => ports.inapp.dismiss(id, touchId)));
  }
}

/** Somebody who unsubscribed and agrees again, in words that count, is written to again: what was suppressed up to that
 *  instant by unsubscribing is lifted at every address that they have. */
async function liftForGrants(ports: FollowPorts, person: Profile, grants: readonly CollectedEvent[]): Promise<void> {
  const key = await ports.linkKey();
  for (const { consent, at } of grants) {
    const addresses = hashedAddresses({ person }, consent?.channel ?? "*", key);
    const agreed = ({ channel }: HashedAddress) => readConsent(person.state, "marketing", channel)?.granted === true;
    await liftUnsubscribed(ports.suppressions, addresses.filter(agreed), at);
  }
}
