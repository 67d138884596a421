import type { TierChange, TierHistory } from "#domain/profile/state.ts";

/** Changes that one person keeps, of all ladders together. */
export const MAX_TIER_CHANGES = 20;
/** Of each ladder the tier and the one before it are kept, however often another ladder changes. */
const KEPT_OF_EACH = 2;

/** Adds a change of tier; over the cap the oldest go. */
export function noteTier(history: TierHistory, ladder: string, change: TierChange): TierHistory {
  const noted = new Map(history).set(ladder, [...(history.get(ladder) ?? []), change]);
  let surplus = -MAX_TIER_CHANGES;
  for (const changes of noted.values()) surplus += changes.length;
  for (; surplus > 0; surplus--) {
    const oldest = findOldest(noted);
    if (oldest === undefined) break;
    noted.set(oldest, (noted.get(oldest) ?? []).slice(1));
  }
  return noted;
}

/** The ladder whose oldest change is the oldest of all that may go. */
function findOldest(history: TierHistory): string | undefined {
  let oldest: { ladder: string; at: number } | undefined;
  for (const [ladder, changes] of history) {
    const at = changes.length > KEPT_OF_EACH ? changes[0]?.at : undefined;
    if (at !== undefined && (oldest === undefined || at < oldest.at)) oldest = { ladder, at };
  }
  return oldest?.ladder;
}
