import type { Life } from "./draw-lives.ts";
import { expectedTags } from "./expected-members.ts";

/** What a run over a population must come to, counted from what everyone did. */
export interface ExpectedRun {
  /** Pence that 80 % and 50 % of the buyers did not exceed. */
  readonly high: number;
  readonly middle: number;
  /** People by membership. */
  readonly members: ReadonlyMap<string, number>;
  /** People whose tier is another one than before. */
  readonly changed: number;
}

/** Of `people` people, of whom the `n`th lives the life `n` modulo their number. Before the run every buyer is in the tier
 *  `low`, since nobody knows the quantiles. */
export function expectRun(lives: readonly Life[], people: number): ExpectedRun {
  const members = new Map<string, number>();
  const livedBy = lives.map((_, n) => Math.floor((people - 1 - n) / lives.length) + 1);
  const spent: number[] = [];
  for (const [n, { counts }] of lives.entries()) {
    if (counts.orders > 0) spent.push(...Array.from({ length: livedBy[n] ?? 0 }, () => counts.revenueMinor));
  }
  spent.sort((a, b) => a - b);
  const nearestRank = (share: number) => spent[Math.ceil(share * spent.length) - 1] ?? 0;
  const [high, middle] = [nearestRank(0.8), nearestRank(0.5)];
  let changed = 0;
  for (const [n, { counts }] of lives.entries()) {
    const tier = tierOf(counts, high, middle);
    if (tier === "high" || tier === "middle") changed += livedBy[n] ?? 0;
    for (const key of [...expectedTags(counts).map((tag) => `tag:${tag}`), `tier:value=${tier}`]) {
      members.set(key, (members.get(key) ?? 0) + (livedBy[n] ?? 0));
    }
  }
  return { high, middle, members, changed };
}

function tierOf({ orders, revenueMinor }: Life["counts"], high: number, middle: number): string {
  if (orders === 0) return "none";
  if (revenueMinor > high) return "high";
  return revenueMinor > middle ? "middle" : "low";
}
