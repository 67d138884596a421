import { emptyState } from "#domain/profile/empty-state.ts";
import type { MembershipKey, Profile, ProfileId } from "#domain/profile/state.ts";
import type { CollectedEvent } from "#events/collected-event.ts";

export const NOON = Date.UTC(2026, 10, 20, 12);

/** A person as first written: version 1, of whom nothing is known. */
export function aPerson(name: string, changed: Partial<Profile> = {}): Profile {
  return {
    id: `p_${name}` as ProfileId,
    version: 1,
    createdAt: NOON,
    state: emptyState(),
    memberships: new Map(),
    bundleVersion: 0,
    reviewAt: Number.POSITIVE_INFINITY,
    outbox: [],
    ...changed,
  };
}

/** A track call of a server source, as collection stamps it. */
export function anEvent(messageId: string, changed: Partial<CollectedEvent> = {}): CollectedEvent {
  const at = changed.at ?? NOON;
  return {
    messageId,
    type: "track",
    event: "Product Viewed",
    identifiers: [["userId", "u-1"]],
    at,
    receivedAt: NOON,
    day: Math.floor(at / 86_400_000),
    source: { name: "server", type: "server" },
    activity: true,
    ...changed,
  };
}

export function membershipFact(profile: Profile, key: string, change: "entered" | "left" = "entered") {
  return {
    kind: "membership" as const,
    factId: `${profile.id}:${profile.version}:0`,
    profileId: profile.id,
    version: profile.version,
    at: NOON,
    key: key as MembershipKey,
    change,
    since: NOON,
    definitionVersion: 1,
    because: [],
  };
}
