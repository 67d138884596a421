import { isAnybody } from "#domain/profile/is-anybody.ts";
import type { Profile } from "#domain/profile/state.ts";
import { tallyActivity } from "./activity.ts";
import type { Frame } from "./frame.ts";
import { tallyMembers } from "./members.ts";
import { tallyPurchases } from "./purchases.ts";
import { tallyRetention } from "./retention.ts";
import { count, type Tally } from "./tally.ts";
import { tallyMoves } from "./tier-moves.ts";

/** Counts one person, as evaluated by the run, into a tally, in place. People who were merged into another or taken apart,
 *  and items into which nothing was folded, are nobody and add nothing. */
export function addPerson(tally: Tally, profile: Profile, frame: Frame): void {
  const { state, memberships, tierHistory } = profile;
  if (profile.mergedInto !== undefined || profile.split !== undefined || !isAnybody(state)) return;
  const tiers = [...memberships.keys()].filter(
    (key) => key.startsWith("tier:") && frame.bundle.membershipKeys.has(key),
  );
  count(tally, "people");
  tallyActivity(tally, state, frame);
  tallyRetention(tally, state, tiers, frame);
  tallyPurchases(tally, state, tiers, frame);
  tallyMembers(tally, memberships, frame);
  if (tierHistory) tallyMoves(tally, tierHistory, frame);
}
