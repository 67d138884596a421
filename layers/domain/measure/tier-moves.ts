import { MAX_TIER_CHANGES } from "#domain/memberships/tier-history.ts";
import type { TierHistory } from "#domain/profile/state.ts";
import type { Figure } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { count, countOf, type Tally } from "./tally.ts";

/** In the name of a move: from where there was no tier before. */
export const NO_TIER = "-";

/** Moves between tiers by calendar day, ladder, from and to, as the histories of tiers tell them: a person who went up
 *  and down again on one day made two. Whole days are counted anew, so that a run after a run, or a run twice, gives the
 *  same; what comes after the run began is the next one's.
 *
 *  A history keeps the last 20 changes: where it is full, a ladder's oldest change has lost where it came from and may
 *  not be the oldest. It is left out, and the ladder's figures from that day back say `exact: false`. People who were
 *  merged leave their tier without a move. */
export function tallyMoves(tally: Tally, history: TierHistory, frame: Frame): void {
  const { calendar, memberships } = frame.bundle;
  const from = calendar.startOfDay(frame.flowsFrom);
  let changes = 0;
  for (const ofLadder of history.values()) changes += ofLadder.length;
  const isFull = changes >= MAX_TIER_CHANGES;
  for (const [ladder, ofLadder] of history) {
    if (!memberships.some(({ kind, name }) => kind === "ladder" && name === ladder)) continue;
    for (const [n, { tier, at }] of ofLadder.entries()) {
      if (at < from || at >= frame.now) continue;
      const day = calendar.dayOf(at);
      const before = ofLadder[n - 1]?.tier;
      if (before === undefined && isFull) count(tally, `lost ${ladder}`, day);
      else {
        count(tally, `move ${ladder} ${before ?? NO_TIER} ${tier}`, day);
        count(tally, `moves ${ladder}`, day);
      }
    }
  }
}

export function moveFigures(tally: Tally, frame: Frame): Figure[] {
  const ladders = frame.bundle.memberships.filter(({ kind }) => kind === "ladder");
  const exactFrom = new Map(ladders.map(({ name }) => [name, firstExactDay(tally, name, frame)]));
  const isExact = (ladder: string, day: number) => day >= (exactFrom.get(ladder) ?? 0) && day < frame.today;
  const figures: Figure[] = [];
  for (const { name } of ladders) {
    for (let day = frame.flowsFrom; day <= frame.today; day++) {
      const value = countOf(tally, `moves ${name}`, day);
      figures.push({ metric: "tier-moves", by: "ladder", day, dimension: name, value, exact: isExact(name, day) });
    }
  }
  for (const [counter, days] of tally.counts) {
    const [, dimension = "", ladder = ""] = /^move ((\S+) .*)$/.exec(counter) ?? [];
    if (ladder === "") continue;
    for (const [key, value] of days) {
      const day = Number(key);
      figures.push({ metric: "tier-moves", by: "move", day, dimension, value, exact: isExact(ladder, day) });
    }
  }
  return figures;
}

/** The day after the last one on which somebody's change of tier has lost where it came from. */
function firstExactDay(tally: Tally, ladder: string, { flowsFrom, today }: Frame): number {
  let first = flowsFrom;
  for (let day = flowsFrom; day <= today; day++) if (countOf(tally, `lost ${ladder}`, day) > 0) first = day + 1;
  return first;
}
