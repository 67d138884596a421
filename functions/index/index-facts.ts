import type { ProfileStore } from "#domain/ports/profile-store.ts";
import type { TagStore } from "#domain/ports/tag-store.ts";
import type { MembershipKey, ProfileId } from "#domain/profile/state.ts";
import type { Fact, MembershipFact } from "#events/fact.ts";

/** Shorter than a tombstone lives: a fact older than this may meet a table that has forgotten what came after it. */
const TRUSTED_FOR_MS = 14 * 24 * 3600 * 1000;

export interface IndexPorts {
  readonly tags: TagStore;
  readonly profiles: ProfileStore;
  readonly now: () => number;
}

/** Brings the Tags table up to one person's facts. Of several changes of one membership in one version the last one
 *  counts; a row is written only by a newer version, so redelivery and reordering change nothing. */
export async function indexFacts(ports: IndexPorts, facts: readonly Fact[]): Promise<void> {
  const last = new Map<string, MembershipFact>();
  for (const fact of facts) if (fact.kind === "membership") last.set(`${fact.profileId} ${fact.key}`, fact);
  await Promise.all(Array.from(last.values(), (fact) => indexFact(ports, fact)));
}

async function indexFact(ports: IndexPorts, fact: MembershipFact): Promise<void> {
  const { tags, now } = ports;
  const row = fact.at < now() - TRUSTED_FOR_MS ? await rereadRow(ports, fact) : rowOf(fact);
  await tags.put(row);
}

function rowOf(fact: MembershipFact) {
  return {
    key: fact.key as MembershipKey,
    profileId: fact.profileId as ProfileId,
    version: fact.version,
    since: fact.since,
    left: fact.change === "left",
  };
}

/** What the profile says now, in place of an old fact. */
async function rereadRow({ profiles }: IndexPorts, fact: MembershipFact) {
  const profile = (await profiles.load([fact.profileId as ProfileId])).get(fact.profileId as ProfileId);
  if (!profile || profile.version <= fact.version) return rowOf(fact);
  const membership = profile.memberships.get(fact.key as MembershipKey);
  return { ...rowOf(fact), version: profile.version, since: membership?.since ?? fact.since, left: !membership };
}
