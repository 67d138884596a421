import type { MetricStore } from "#domain/ports/metric-store.ts";
import type { MembershipKey } from "#domain/profile/state.ts";
import { activityFigures } from "./activity.ts";
import { EVERYONE } from "./catalogue.ts";
import type { Figure } from "./figure.ts";
import type { Frame } from "./frame.ts";
import { memberCounts, memberFigures } from "./members.ts";
import { purchaseFigures } from "./purchases.ts";
import { retentionFigures } from "./retention.ts";
import { countOf, type Tally } from "./tally.ts";
import { moveFigures } from "./tier-moves.ts";

export interface Measures {
  readonly members: ReadonlyMap<MembershipKey, number>;
  readonly figures: readonly Figure[];
}

/** Every figure that the tally of everyone gives. Those that stand as of the run are filed under its own day, those of a
 *  day under that day. Pure. */
export function measuresOf(tally: Tally, frame: Frame): Measures {
  const members = memberCounts(tally, frame);
  const people = countOf(tally, "people");
  const figures: Figure[] = [
    { metric: "people", by: EVERYONE, day: frame.today, dimension: "", value: people, exact: true },
    ...activityFigures(tally, frame),
    ...retentionFigures(tally, frame),
    ...purchaseFigures(tally, frame),
    ...memberFigures(members, frame),
    ...moveFigures(tally, frame),
  ];
  return { members, figures };
}

/** Keeps what a run has measured; doing it twice changes nothing. Throws what the store throws. */
export async function recordMeasures(
  metrics: Pick<MetricStore, "record" | "recordMembershipCounts">,
  { members, figures }: Measures,
  { now }: Pick<Frame, "now">,
): Promise<void> {
  await metrics.record(figures, now);
  await metrics.recordMembershipCounts(members, now);
}
