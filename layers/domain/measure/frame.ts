import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";

/** Days that are counted anew by every run, since events may come late. */
const RECOUNTED_DAYS = 60;
/** Days that the first run counts: profiles keep 400 active days, and the first month looks back another. */
const FIRST_COUNT_DAYS = 365;

/** What one run measures: the same for each of its slices. */
export interface Frame {
  readonly bundle: Pick<CompiledBundle, "calendar" | "memberships" | "membershipKeys">;
  /** When the run began: milliseconds since 1970. */
  readonly now: number;
  /** The calendar day of `now`, in the project's time zone: not over yet. */
  readonly today: number;
  /** The last complete calendar day: the day before. */
  readonly lastDay: number;
  /** The first day whose daily figures are counted. */
  readonly firstDay: number;
  /** The first day whose moves between tiers are counted: that on which the run before began, which was not over then. */
  readonly flowsFrom: number;
}

/** @param since when the run before began; undefined: this is the first. */
export function makeFrame(
  bundle: Frame["bundle"],
  { now, since }: { readonly now: number; readonly since?: number | undefined },
): Frame {
  const today = bundle.calendar.dayOf(now);
  const recounted = today - RECOUNTED_DAYS;
  const before = since === undefined ? undefined : bundle.calendar.dayOf(since);
  return {
    bundle,
    now,
    today,
    lastDay: today - 1,
    firstDay: Math.max(today - FIRST_COUNT_DAYS, Math.min(recounted, before ?? -Infinity)),
    flowsFrom: Math.max(recounted, Math.min(today, before ?? recounted)),
  };
}
