import { type HashedAddress, hashedAddresses, liftUnsubscribed } from "#domain/consents/state-consents.ts";
import type { LinkKey } from "#domain/links/link-token.ts";
import type { InappStore } from "#domain/ports/inapp-store.ts";
import type { SuppressionStore } from "#domain/ports/suppression-store.ts";
import { isCollectedGrant, outweighsUpTo, readConsent } from "#domain/profile/consent.ts";
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

/** Somebody who unsubscribed and agrees again, in words that count, is written to again: what was suppressed by unsubscribing
 *  before is lifted at every address that they have; what was in the last minute before a collected grant stays. */
async function liftForGrants(ports: FollowPorts, person: Profile, grants: readonly CollectedEvent[]): Promise<void> {
  const key = await ports.linkKey();
  for (const grant of grants) {
    const { consent, at } = grant;
    const addresses = hashedAddresses({ person }, consent?.channel ?? "*", key);
    const agreed = ({ channel }: HashedAddress) => readConsent(person.state, "marketing", channel)?.granted === true;
    await liftUnsubscribed(
      ports.suppressions,
      addresses.filter(agreed),
      outweighsUpTo({ at, ...(isCollectedGrant(grant) && { collected: true }) }),
    );
  }
}
