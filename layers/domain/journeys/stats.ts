import { estimateUplift } from "#domain/measure/uplift.ts";
import { ENTRY_SHARDS, type RunStore } from "#domain/ports/run-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { Touch } from "#domain/touches/touch.ts";
import type { ArmStats, JourneyStats } from "#events/admin-api/journeys.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import type { Run } from "./run.ts";
import { type ArmTally, addRun, addTouch, type JourneyTally, newJourneyTally } from "./stats-tally.ts";
import { touchIdsOf } from "./touches-of-run.ts";

/** Shards that are read at once. One that was not read to its end does not count: few at a time, so that some are. */
const WORKERS = 4;

export interface StatsPorts {
  readonly runs: Pick<RunStore, "entered">;
  readonly touches: Pick<TouchStore, "findAll">;
  /** The journey as of a version; undefined where there was never such a one. */
  readonly versionOf: (version: number) => Promise<CompiledJourney | undefined>;
  /** True once there is no more time. */
  readonly isOver: () => boolean;
}

export interface StatsAsk {
  readonly journey: CompiledJourney;
  /** Undefined: every version. */
  readonly version?: number | undefined;
  /** Calendar days of the project, both included. */
  readonly from: number;
  readonly to: number;
  readonly calendar: Calendar;
}

/** Counts a journey by looking at every run that began in the days that are asked for, and at what it sent: what it costs
 *  grows with those and with nothing else. Counters that are written as facts come by would count what is delivered twice;
 *  runs and touches are one item each. Each person's runs lie in one shard, so a shard that was read to its end is whole,
 *  and as the shard is a hash of the person, some shards are a fair sample. */
export async function countJourney(
  ask: StatsAsk,
  ports: StatsPorts,
): Promise<{ readonly tally: JourneyTally; readonly share: number }> {
  const tally = newJourneyTally();
  const versions = new Map<number, Promise<CompiledJourney | undefined>>();
  const versionOf = (version: number) => {
    const known = versions.get(version) ?? ports.versionOf(version);
    versions.set(version, known);
    return known;
  };
  const waiting = Array.from({ length: ENTRY_SHARDS }, (_, shard) => shard);
  let whole = 0;
  async function work(): Promise<void> {
    for (let shard = waiting.shift(); shard !== undefined && !ports.isOver(); shard = waiting.shift()) {
      const found = await readShard(ask, { ...ports, versionOf }, shard);
      if (!found) return;
      whole++;
      for (const { run, walked } of found.runs) addRun(tally, run, walked);
      for (const touch of found.touches) addTouch(tally, touch);
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
  return { tally, share: whole / ENTRY_SHARDS };
}

interface Found {
  readonly runs: { readonly run: Run; readonly walked: CompiledJourney | undefined }[];
  readonly touches: Touch[];
}

/** Undefined where time ran out before its end. */
async function readShard(
  { journey, version, calendar, from, to }: StatsAsk,
  ports: StatsPorts,
  shard: number,
): Promise<Found | undefined> {
  const slice = {
    journey: journey.name,
    shard,
    from: calendar.startOfDay(from),
    before: calendar.startOfDay(to + 1),
  };
  const found: Found = { runs: [], touches: [] };
  let cursor: string | undefined;
  do {
    if (cursor !== undefined && ports.isOver()) return undefined;
    const page = await ports.runs.entered({ ...slice, ...(cursor !== undefined && { cursor }) });
    const asked = page.runs.filter((run) => version === undefined || run.definitionVersion === version);
    const touchIds: string[] = [];
    for (const run of asked) {
      const walked = await ports.versionOf(run.definitionVersion);
      found.runs.push({ run, walked });
      for (const id of touchIdsOf(run, walked)) touchIds.push(id);
    }
    if (touchIds.length > 0) for (const touch of await ports.touches.findAll(touchIds)) found.touches.push(touch);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

/** The counts of a journey as the API shows them. Pure. */
export function viewStats(
  tally: JourneyTally,
  { journey }: Pick<StatsAsk, "journey">,
): Pick<JourneyStats, "runs" | "outcomes" | "steps" | "messages" | "goal"> {
  const { entered, heldOut, live, converted, outcomes, steps, messages } = tally;
  return {
    runs: { entered, heldOut, live, converted },
    outcomes: recordOf(outcomes),
    steps: viewSteps(journey, steps),
    messages: [...messages]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, { failed, stopped, channels, ...counts }]) => ({
        path,
        ...counts,
        channels: Object.fromEntries([...channels].toSorted(([, a], [, b]) => b.requested - a.requested)),
        failed: recordOf(failed),
        stopped: recordOf(stopped),
      })),
    goal: journey.goal ? viewGoal(tally) : null,
  };
}

/** In the order of the program in force; steps that it no longer has come last. */
function viewSteps({ program }: CompiledJourney, counted: JourneyTally["steps"]): JourneyStats["steps"] {
  const known = program.filter(({ op }) => op !== "jump" && op !== "end").map(({ path }) => path);
  const paths = new Set([...known, ...[...counted.keys()].toSorted()]);
  return Array.from(paths, (path) => {
    const { entered, waiting } = counted.get(path) ?? { entered: 0, waiting: 0 };
    return { path, step: path.split(".").at(-1) ?? "", entered, waiting, left: entered - waiting };
  });
}

function viewGoal({ everyone, holdout, arms }: JourneyTally): NonNullable<JourneyStats["goal"]> {
  return {
    everyone: viewArm(everyone, holdout),
    holdout: viewArm(holdout),
    experiments: Object.fromEntries(
      [...arms].map(([experiment, own]) => [
        experiment,
        Object.fromEntries(
          [...own].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([arm, one]) => [arm, viewArm(one, holdout)]),
        ),
      ]),
    ),
  };
}

function viewArm(arm: ArmTally, holdout?: ArmTally): ArmStats {
  const count = ({ people, converted }: ArmTally) => ({ people: people.size, converted: converted.size });
  const own = count(arm);
  const uplift = holdout && estimateUplift(own, count(holdout));
  return {
    ...own,
    rate: own.people === 0 ? null : own.converted / own.people,
    uplift: uplift ? { absolute: uplift.absolute, relative: uplift.relative ?? null } : null,
  };
}

function recordOf(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].toSorted(([, a], [, b]) => b - a));
}
