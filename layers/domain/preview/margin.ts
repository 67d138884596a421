/** The 97.5th percentile of the normal distribution: two-sided bounds that hold in 95 of 100 samples. */
const Z = 1.959963984540054;

/** How many people there are: counted, or estimated from the part of them that was looked at. */
export interface Population {
  /** People looked at. */
  readonly seen: number;
  readonly people: number;
  /** 95 % bounds of `people`; the same number where everyone was looked at. */
  readonly low: number;
  readonly high: number;
}

/** A number of people in the whole population. */
export interface Estimate {
  /** How many of those looked at. */
  readonly seen: number;
  /** Scaled to the population. */
  readonly people: number;
  readonly low: number;
  readonly high: number;
}

/** The population behind `seen` people that lay in a random `share` of all places where a person can lie. Each person lies
 *  in it with that probability, so `seen` is binomial in the unknown number, and the bounds are its score interval: the
 *  solutions X of (seen − share·X)² = z²·share·(1 − share)·X (E. B. Wilson, "Probable Inference, the Law of Succession,
 *  and Statistical Inference", JASA 22, 1927, pp. 209–212, solved for the number of trials). `share` is above 0 and at
 *  most 1. */
export function estimatePopulation(seen: number, share: number): Population {
  const rest = 1 - share;
  const middle = seen + (Z * Z * rest) / 2;
  const reach = Z * Math.sqrt(rest * (seen + (Z * Z * rest) / 4));
  return {
    seen,
    people: Math.round(seen / share),
    low: Math.max(seen, Math.floor((middle - reach) / share)),
    high: Math.ceil((middle + reach) / share),
  };
}

/** 95 % bounds of the share of a population of which `hits` out of `seen` people, drawn without replacement, are: the
 *  Wilson score interval (Wilson 1927, as above) with the finite population correction. A sample of n out of N without
 *  replacement has the variance of one of n·(N − 1)/(N − n) with replacement (W. G. Cochran, "Sampling Techniques",
 *  3rd ed., 1977, §3.2), so that number takes the place of n; whoever looked at everyone has no margin at all. */
export function wilsonInterval(hits: number, seen: number, population: number): { low: number; high: number } {
  const share = hits / seen;
  if (seen >= population) return { low: share, high: share };
  const n = (seen * (population - 1)) / (population - seen);
  const spread = (Z * Z) / n;
  const middle = (share + spread / 2) / (1 + spread);
  const reach = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / n + spread / (4 * n));
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/** Scales what was counted among the people looked at to the whole population. The bounds join those of the share and
 *  those of the population, so they hold at least as often as either; what was seen is there for certain. */
export function scaleCount(hits: number, population: Population): Estimate {
  const { seen, people, low, high } = population;
  if (seen === 0) return { seen: 0, people: 0, low: 0, high };
  const share = wilsonInterval(hits, seen, people);
  return {
    seen: hits,
    people: Math.round((hits / seen) * people),
    low: Math.max(hits, Math.floor(share.low * low)),
    high: Math.min(high - (seen - hits), Math.ceil(share.high * high)),
  };
}
