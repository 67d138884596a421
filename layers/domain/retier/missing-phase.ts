import { tagBucketOf } from "#domain/memberships/tag-bucket.ts";
import type { MembershipKey, Profile } from "#domain/profile/state.ts";
import { type Lacking, lackingObject } from "./mend-phase.ts";
import type { Phase } from "./phase.ts";
import type { RetierPorts } from "./ports.ts";
import { scanPeople } from "./scan-people.ts";

/** One more scan of everyone, for the rows that buckets of the Tags table lack. */
export const missingPhase: Phase = {
  async open(ports, run, { index, figures }) {
    const lacking = (await ports.tallies.read(lackingObject(run))) as Lacking;
    const wanted = new Map<MembershipKey, Set<number>>();
    for (const [key, buckets] of lacking) wanted.set(key, (wanted.get(key) ?? new Set()).union(new Set(buckets)));
    const counted = { ...figures };
    return {
      work: scanPeople(ports, run, index, async (person) => {
        if (person.memberships.size === 0 || person.mergedInto !== undefined || person.split) return;
        const bucket = tagBucketOf(person.id);
        for (const key of person.memberships.keys()) {
          if (wanted.get(key)?.has(bucket)) counted.repaired += await addMissing(ports, person, key);
        }
      }),
      tally: () => null,
      figures: () => ({ ...counted }),
    };
  },

  finish: async () => ({ next: "done", slices: 0 }),
};

/** 1 where the row was missing. A scan reads what was so a moment ago: the profile is read again before it counts. */
async function addMissing({ tags, profiles, count }: RetierPorts, { id }: Profile, key: MembershipKey): Promise<0 | 1> {
  const row = await tags.find(key, id);
  if (row && !row.left) return 0;
  const profile = (await profiles.load([id])).get(id);
  const membership = profile?.memberships.get(key);
  if (!profile || !membership || profile.mergedInto !== undefined || profile.split) return 0;
  const { version } = profile;
  const outcome = await tags.mend({ key, profileId: id, version, since: membership.since, left: false }, row?.version);
  if (outcome === "stale") return 0;
  count("TagRowsRepaired", 1);
  return 1;
}
