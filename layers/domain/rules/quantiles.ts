/** The four thresholds between quintiles. */
export const QUINTILE_RANKS = [0.2, 0.4, 0.6, 0.8] as const;

/** The nearest-rank quantile of ascending values: the smallest value that at least `rank` of them do not exceed
 *  (https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method). Undefined of no values. `rank` is above 0 and at
 *  most 1. */
export function nearestRank(ascending: readonly number[], rank: number): number | undefined {
  // 0.07 × 100 is a hair more than 7 in binary, and is meant to be 7.
  const nth = Math.ceil(rank * ascending.length - 1e-9);
  return ascending[Math.max(nth, 1) - 1];
}

/** 1 to 5: 1 and the number of thresholds strictly below the value, so that ties stay together. */
export function quintile(value: number, thresholds: readonly number[]): number {
  return 1 + thresholds.filter((threshold) => threshold < value).length;
}

/** The quintile of something of which less is better, such as days since the last order. */
export function reverseQuintile(value: number, thresholds: readonly number[]): number {
  return 6 - quintile(value, thresholds);
}

/** The mean of two scores, a half rounded up. */
export function meanScore(f: number, m: number): number {
  return Math.floor((f + m + 1) / 2);
}

export const rfmSegments = [
  "champions",
  "loyal",
  "potential-loyalist",
  "new",
  "promising",
  "needs-attention",
  "about-to-sleep",
  "at-risk",
  "cannot-lose",
  "hibernating",
  "lost",
] as const;
export type RfmSegment = (typeof rfmSegments)[number];

/** Rows r = 1 to 5, columns fm = 1 to 5 (definitions.md, RFM segments). */
const SEGMENTS: readonly (readonly RfmSegment[])[] = [
  ["lost", "lost", "at-risk", "at-risk", "cannot-lose"],
  ["hibernating", "hibernating", "at-risk", "at-risk", "cannot-lose"],
  ["about-to-sleep", "about-to-sleep", "needs-attention", "loyal", "loyal"],
  ["promising", "potential-loyalist", "potential-loyalist", "loyal", "loyal"],
  ["new", "potential-loyalist", "potential-loyalist", "champions", "champions"],
];

/** The named segment of a buyer by recency and the mean of frequency and money. Throws RangeError for scores that are
 *  not 1 to 5. */
export function rfmSegment(r: number, fm: number): RfmSegment {
  const segment = SEGMENTS[r - 1]?.[fm - 1];
  if (!segment) throw new RangeError(`no scores: ${r}, ${fm}`);
  return segment;
}
