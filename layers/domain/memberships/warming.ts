import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { CompiledMembership, FeatureRead } from "#domain/definitions/compile-membership.ts";
import type { Profile } from "#domain/profile/state.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import { HOUR_MS } from "#domain/time/duration.ts";

/** Functions read definitions again every minute: for so long some still fold by those before. */
const SPREAD_MS = 2 * 60_000;

/** From when an answer is complete, where it is not yet: a feature that it rests on is kept since less long than its
 *  window, and the person's history before was not filled in. Infinity: only a re-tiering run can complete it.
 *  Undefined: it is complete. */
export function warmingUntil(
  { filledTo = 0 }: Pick<Profile, "filledTo">,
  membership: CompiledMembership,
  now: number,
  { calendar }: Pick<CompiledBundle, "calendar">,
): number | undefined {
  let until = membership.needsRun ? Number.POSITIVE_INFINITY : now;
  for (const read of membership.reads) {
    if (read.version > filledTo) until = Math.max(until, completeFrom(read, calendar));
  }
  return until > now ? until : undefined;
}

/** From when a feature holds all of its window, if nothing is filled in: the bucket in which counting began is the last
 *  one that may lack something. Infinity: never. */
export function completeFrom({ unit, keep, at }: FeatureRead, calendar: Calendar): number {
  const from = at + SPREAD_MS;
  switch (unit) {
    case "ever":
      return Number.POSITIVE_INFINITY;
    case "hour":
      return (Math.floor(from / HOUR_MS) + keep) * HOUR_MS;
    case "day":
      return calendar.startOfDay(calendar.dayOf(from) + keep);
    case "week":
      return calendar.startOfDay(calendar.dayOf(from) + 7 * (keep + 1));
    default:
      return unit satisfies never;
  }
}
