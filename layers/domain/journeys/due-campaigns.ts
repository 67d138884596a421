import { Cron } from "croner";
import type { Calendar } from "#domain/time/calendar.ts";
import type { CompiledJourney } from "./compile-journey.ts";

const DAY_MS = 86_400_000;
/** Nobody is reached for an occasion that is longer gone (`trigger_too_old`). */
const MAX_AGE_MS = 3 * DAY_MS;

/** One occasion of a journey with a schedule: everyone in the segment then enters, each once. */
export interface Campaign {
  readonly journey: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The occasions in (from, to] of live journeys with a schedule: of several of one journey, after an outage, the last.
 *  Cron times are those of the schedule's zone, the project's unless it names one: a time that the clocks skip comes right
 *  after, one that they show twice comes once. Pure. */
export function dueCampaigns(
  journeys: readonly CompiledJourney[],
  from: number,
  to: number,
  calendar: Calendar,
): Campaign[] {
  return journeys.flatMap(({ name, state, trigger: { schedule } }): Campaign[] => {
    if (!schedule || state !== "live") return [];
    const begin = Math.max(from, to - MAX_AGE_MS);
    const { cron, zone = calendar.timeZone } = schedule;
    const at = cron === undefined ? Date.parse(schedule.at ?? "") : lastOccurrence(cron, zone, begin, to);
    return at !== undefined && at > begin && at <= to ? [{ journey: name, at }] : [];
  });
}

function lastOccurrence(pattern: string, timezone: string, from: number, to: number): number | undefined {
  const cron = new Cron(pattern, { paused: true, mode: "5-part", timezone });
  let last: number | undefined;
  for (let next = cron.nextRun(new Date(from)); next && next.getTime() <= to; next = cron.nextRun(next)) {
    last = next.getTime();
  }
  return last;
}

/** What tells an occasion from every other: the entry key of everyone who enters by it. */
export function occasionOf({ journey, at }: Campaign): string {
  return `${journey}@${new Date(at).toISOString()}`;
}
