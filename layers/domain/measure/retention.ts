import type { MembershipKey, ProfileState } from "#domain/profile/state.ts";
import { type Figure, rateOf } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { count, countOf, type Tally } from "./tally.ts";

/** D1 to D30. */
const MAX_AGE = 30;
/** Cohorts that the retention of one age is of: a month of days. */
const COHORTS = 30;
/** The ages whose retention is told by tier. */
const TIER_AGES = [1, 3, 7, 14, 30] as const;

/** Retention: of the people first seen on day d (the cohort), those active on day d + n. Only days that are over count,
 *  so a cohort has an age n once d + n is not after the last complete day. */
export function tallyRetention(
  tally: Tally,
  { firstSeen, activeDays }: ProfileState,
  tiers: readonly MembershipKey[],
  frame: Frame,
): void {
  if (firstSeen === undefined) return;
  const { lastDay } = frame;
  const cohort = frame.bundle.calendar.dayOf(firstSeen);
  if (cohort > lastDay || cohort < firstCohort(frame)) return;
  count(tally, "cohort", cohort);
  for (let age = 1; age <= Math.min(MAX_AGE, lastDay - cohort); age++) {
    if (activeDays.has(cohort + age)) count(tally, `retained D${age}`, cohort);
  }
  for (const age of TIER_AGES) {
    if (cohort > lastDay - age || cohort <= lastDay - age - COHORTS) continue;
    for (const tier of tiers) {
      count(tally, `reached D${age}`, tier);
      if (activeDays.has(cohort + age)) count(tally, `retained D${age}`, tier);
    }
  }
}

function firstCohort({ lastDay }: Frame): number {
  return lastDay - MAX_AGE - COHORTS + 1;
}

export function retentionFigures(tally: Tally, frame: Frame): Figure[] {
  return [...byCohort(tally, frame), ...byAge(tally, frame), ...byTier(tally, frame)];
}

function byCohort(tally: Tally, frame: Frame): Figure[] {
  const figures: Figure[] = [];
  for (let day = firstCohort(frame); day < frame.lastDay; day++) {
    for (let age = 1; age <= Math.min(MAX_AGE, frame.lastDay - day); age++) {
      const rate = rateOf(countOf(tally, `retained D${age}`, day), countOf(tally, "cohort", day));
      if (rate) figures.push({ metric: "retention", by: "cohort", day, dimension: `D${age}`, ...rate, exact: true });
    }
  }
  return figures;
}

/** Of the newest cohorts that have reached the age. */
function byAge(tally: Tally, { lastDay }: Frame): Figure[] {
  const figures: Figure[] = [];
  for (let age = 1; age <= MAX_AGE; age++) {
    let retained = 0;
    let people = 0;
    for (let cohort = lastDay - age - COHORTS + 1; cohort <= lastDay - age; cohort++) {
      retained += countOf(tally, `retained D${age}`, cohort);
      people += countOf(tally, "cohort", cohort);
    }
    const rate = rateOf(retained, people);
    const of = { by: "age", day: lastDay, dimension: `D${age}`, exact: true };
    if (rate) figures.push({ metric: "retention", ...of, ...rate });
  }
  return figures;
}

function byTier(tally: Tally, { bundle, lastDay }: Frame): Figure[] {
  const tiers = bundle.memberships.flatMap((one) => (one.kind === "ladder" ? one.tiers : []));
  return tiers.flatMap(({ key }) =>
    TIER_AGES.flatMap((age) => {
      const rate = rateOf(countOf(tally, `retained D${age}`, key), countOf(tally, `reached D${age}`, key));
      const of = { by: "tier", day: lastDay, dimension: `${key} D${age}`, exact: true };
      return rate ? [{ metric: "retention", ...of, ...rate } as const] : [];
    }),
  );
}
