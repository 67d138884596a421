/** How many of the people of an arm reached the goal. */
export interface ArmCount {
  readonly people: number;
  readonly converted: number;
}

/** A difference, and the bounds between which the true one lies with the confidence asked for. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface Uplift {
  /** Difference of the goal rates: 0.02 is two points. */
  readonly absolute: Estimate;
  /** The same as a share of the other arm's rate. Absent: nobody there reached the goal. */
  readonly relative?: Estimate;
}

/** The size of both arms together at which the bounds are tightest; at others they hold too. */
const TIGHTEST_AT = 5_000;
const ALPHA = 0.05;

/** What an arm adds over another (the holdout, or the control), with bounds that hold however often and whenever somebody
 *  looks, and stops: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, "Time-uniform
 *  central limit theory and asymptotic confidence sequences" (2023), equation 9, on the difference of two proportions,
 *  with ρ of its equation 161; relative differences by the delta method. Asymptotic: with few conversions (say, under
 *  a hundred an arm) the bounds promise too much. Undefined where an arm has nobody, or the arms show no variance. */
export function estimateUplift(arm: ArmCount, other: ArmCount, tightestAt = TIGHTEST_AT): Uplift | undefined {
  if (arm.people === 0 || other.people === 0) return undefined;
  const rate = arm.converted / arm.people;
  const base = other.converted / other.people;
  const variance = (rate * (1 - rate)) / arm.people;
  const baseVariance = (base * (1 - base)) / other.people;
  if (variance + baseVariance === 0) return undefined;
  const width = widthFactor(arm.people + other.people, tightestAt);
  const absolute = around(rate - base, width * Math.sqrt(variance + baseVariance));
  if (base === 0) return { absolute };
  const relativeVariance = variance / base ** 2 + (baseVariance * rate ** 2) / base ** 4;
  return { absolute, relative: around((rate - base) / base, width * Math.sqrt(relativeVariance)) };
}

/** Half the width of the sequence in standard errors after `n` people. */
function widthFactor(n: number, tightestAt: number): number {
  const evidence = -2 * Math.log(ALPHA);
  const rho2 = (evidence + Math.log(evidence + 1)) / tightestAt;
  const mass = n * rho2 + 1;
  return Math.sqrt((2 * mass * Math.log(Math.sqrt(mass) / ALPHA)) / (n * rho2));
}

function around(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half };
}
