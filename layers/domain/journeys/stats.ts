import { estimateUplift } from "#domain/measure/uplift.ts";
import type { RunStore } from "#domain/ports/run-store.ts";
import type { TouchStore } from "#domain/ports/touch-store.ts";
import type { Calendar } from "#domain/time/calendar.ts";
import type { ArmStats, JourneyStats } from "#events/admin-api/journeys.ts";
import type { CompiledJourney } from "./compile-journey.ts";
import { type ArmTally, addRun, addTouch, type JourneyTally, newJourneyTally } from "./stats-tally.ts";

/** Parts of a table that are read one after another by a few workers: where time runs out, whole parts are left out. */
const SEGMENTS = 16;
const WORKERS = 4;

export interface StatsPorts {
  readonly runs: Pick<RunStore, "scan">;
  readonly touches: Pick<TouchStore, "scan">;
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

/** Counts a journey by looking at every run and touch that is kept of it. Counters that are written as facts come by would
 *  count what is delivered twice; a scan cannot, and runs and touches are one item each. Each person's runs lie in one
 *  part, so a part that was read to its end is whole. */
export async function countJourney(
  ask: StatsAsk,
  ports: StatsPorts,
): Promise<{ readonly tally: JourneyTally; readonly share: number }> {
  const { journey, calendar, from, to, version } = ask;
  const tally = newJourneyTally();
  const isAsked = (at: number, of: number) => {
    const day = calendar.dayOf(at);
    return day >= from && day <= to && (version === undefined || of === version);
  };
  const runs = await readParts(ports, async (slice) => {
    const page = await ports.runs.scan({ ...slice, journey: journey.name });
    return { ...page, items: page.runs.filter((run) => isAsked(run.enteredAt, run.definitionVersion)) };
  });
  const touches = await readParts(ports, async (slice) => {
    const page = await ports.touches.scan({ ...slice, journey: journey.name });
    return { ...page, items: page.touches.filter((one) => isAsked(one.requestedAt, one.definitionVersion)) };
  });
  const versions = new Set(runs.items.map(({ definitionVersion }) => definitionVersion));
  const walked = new Map(
    await Promise.all(Array.from(versions, async (of) => [of, await ports.versionOf(of)] as const)),
  );
  for (const run of runs.items) addRun(tally, run, walked.get(run.definitionVersion));
  for (const touch of touches.items) addTouch(tally, touch);
  return { tally, share: Math.min(runs.share, touches.share) };
}

interface Slice {
  readonly segment: number;
  readonly segments: number;
  readonly cursor?: string;
}

async function readParts<Item>(
  { isOver }: Pick<StatsPorts, "isOver">,
  read: (slice: Slice) => Promise<{ items: Item[]; cursor?: string }>,
): Promise<{ items: Item[]; share: number }> {
  const items: Item[] = [];
  const waiting = Array.from({ length: SEGMENTS }, (_, segment) => segment);
  let whole = 0;
  async function work(): Promise<void> {
    for (let segment = waiting.shift(); segment !== undefined && !isOver(); segment = waiting.shift()) {
      const found: Item[] = [];
      let cursor: string | undefined;
      do {
        const page = await read({ segment, segments: SEGMENTS, ...(cursor !== undefined && { cursor }) });
        found.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== undefined && !isOver());
      if (cursor !== undefined) return;
      whole++;
      items.push(...found);
    }
  }
  await Promise.all(Array.from({ length: WORKERS }, work));
  return { items, share: whole / SEGMENTS };
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
