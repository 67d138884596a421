import type { ProfileState } from "./state.ts";

/** False of a person whom a worker began, by reserving identifiers, and into whom nothing was folded: another worker was
 *  faster in claiming them, and no identifier leads here. Such an item is litter and counts for nobody. */
export function isAnybody({ newestReceivedAt }: Pick<ProfileState, "newestReceivedAt">): boolean {
  return newestReceivedAt > 0;
}
