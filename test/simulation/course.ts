import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Bundle } from "#domain/definitions/bundle.ts";
import type { DefinitionChange } from "#events/admin-api/definitions.ts";
import type { PlanTask } from "#functions/retier/plan-runs.ts";
import type { MemoryDynamo } from "../support/memory-dynamo.ts";
import type { MemorySqs } from "../support/memory-sqs.ts";
import {
  checkCounts,
  checkFeatures,
  checkForgotten,
  checkMemberships,
  checkThresholds,
  checkTimers,
  isRunOpen,
  readRun,
} from "./checks/check-time.ts";
import type { Journal } from "./checks/journal.ts";
import type { Bundles } from "./checks/keep-bundles.ts";
import { watchTime } from "./checks/watch-time.ts";
import type { Dice } from "./dice.ts";
import { CONFIG, type Equipment, functions } from "./functions.ts";
import { makeLambda } from "./lambda.ts";
import { mapQueue } from "./queue-mapping.ts";
import type { Sandbox } from "./sandbox.ts";
import type { Scheduler } from "./scheduler.ts";
import { startSchedules } from "./schedules.ts";
import { spoilTags } from "./spoil-tags.ts";
import { type Course, changesLater, type Turns } from "./time-population.ts";
import type { Weather } from "./weather.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Looked at this often, if all is quiet then: not on the hour, when answers expire. */
const CHECK_EVERY_MS = 4 * HOUR_MS;
const CHECK_AT_MS = 40 * MINUTE_MS;
/** After an outage of the schedule what has waited is seen to within this time. */
const LOOKED_MS = 3 * HOUR_MS;
/** The storm is over so long before the end. */
const CALM_MS = 12 * HOUR_MS;
/** The template's: six times the time limit. */
const VISIBILITY = 6;
const DUE_TIMEOUT_MS = 5 * MINUTE_MS;
/** A worker's clock may be ahead by this. */
const SKEW_MS = 2 * MINUTE_MS;
const LOOK_TIMEOUT_MS = 2 * MINUTE_MS;

interface Stage {
  readonly course: Course;
  readonly turns: Turns;
  readonly dynamo: MemoryDynamo;
  readonly sqs: MemorySqs;
  readonly journal: Journal;
  readonly bundles: Bundles;
  readonly scheduler: Scheduler;
  readonly weather: Weather;
  readonly dice: Dice;
  readonly equip: (sandbox: Sandbox) => Equipment;
  readonly tell: (line: () => string) => void;
  readonly count: (metric: string, n: number) => void;
  /** Everything on the way of events has come to rest. */
  readonly isFlowDone: () => boolean;
}

/** What runs beside the flow of events where days pass: the time path, re-tiering, changes of definitions; and what is
 *  checked of them. */
export interface Acts {
  isQuiet(): boolean;
  /** Plays on until all is quiet by `play`, and has everyone evaluated twice more. */
  finish(play: (isOver: () => boolean) => Promise<void>): Promise<void>;
}

export function startCourse(stage: Stage): Acts {
  const { course, turns, dynamo, bundles, journal, scheduler, weather, dice, equip, tell, count } = stage;
  const start = scheduler.now();
  const end = start + course.lengthMs;
  const lambda = { equip, scheduler, dice };
  const wake = makeLambda<undefined, void>({
    name: "wake",
    start: (equipment) => functions.wake(equipment, course.few),
    timeoutMs: LOOK_TIMEOUT_MS,
    ...lambda,
  });
  const wakeDue = makeLambda<SQSEvent, SQSBatchResponse>({ name: "due", start: functions.wakeDue, ...lambda });
  const plan = makeLambda<PlanTask, void>({
    name: "plan",
    start: functions.retierPlan,
    timeoutMs: LOOK_TIMEOUT_MS,
    ...lambda,
  });
  const { sliceTimeoutMs } = course;
  const retier = makeLambda<SQSEvent, SQSBatchResponse>({
    name: "retier",
    start: functions.retier,
    timeoutMs: sliceTimeoutMs,
    ...lambda,
  });
  const admin = makeLambda<readonly DefinitionChange[], void>({ name: "admin", start: functions.define, ...lambda });
  const queue = (name: string, consumer: typeof wakeDue, timeoutMs: number) =>
    mapQueue({
      name,
      lambda: consumer,
      visibilityMs: VISIBILITY * timeoutMs,
      onMessage: (take) => stage.sqs.onMessage((to, message) => to === name && take(message)),
      scheduler,
      weather,
      dice,
      tell,
    });
  const queues = [
    queue(CONFIG.STRATA_QUEUE_DUE, wakeDue, DUE_TIMEOUT_MS),
    queue(CONFIG.STRATA_QUEUE_RETIER, retier, sliceTimeoutMs),
  ];
  const outage = turns.outage && { from: start + turns.outage.fromMs, to: start + turns.outage.toMs };
  const timersTable = CONFIG.STRATA_TABLE_TIMERS;
  const schedules = startSchedules({ dynamo, scheduler, wake, plan, outage, until: end, timersTable, tell });
  watchTime(journal, { dynamo, now: scheduler.now, bundleOf: bundles.at, checked: (what) => count(what, 1) });

  let expiredAt = -Infinity;
  journal.onVersion((_, before) => {
    if (before && before.reviewAt <= scheduler.now() + SKEW_MS) expiredAt = scheduler.now();
  });
  let isDefined = false;
  scheduler.after(turns.changesMs, () => define(changesLater()));
  for (const spoilsMs of turns.spoilsMs) {
    scheduler.after(spoilsMs, () => {
      if (spoilTags(dynamo, dice, tell)) count("rows spoiled", 1);
    });
  }
  scheduler.after(course.lengthMs - CALM_MS, weather.calm);
  for (let afterMs = CHECK_AT_MS; afterMs < course.lengthMs; afterMs += CHECK_EVERY_MS) {
    scheduler.after(afterMs, () => {
      const isLooking =
        outage === undefined || scheduler.now() < outage.from || scheduler.now() > outage.to + LOOKED_MS;
      if (isLooking) checkForgotten(sceneNow());
      if (isQuiet()) checkNow();
    });
  }

  const isDoneBut = () =>
    isDefined &&
    stage.isFlowDone() &&
    [wake, wakeDue, plan, retier, admin].every(({ running }) => running() === 0) &&
    queues.every((one) => one.isDone()) &&
    schedules.isDone();
  const isQuiet = () => isDoneBut() && !isRunOpen(dynamo);

  /** The operator sends it until it is answered. */
  function define(changes: readonly DefinitionChange[]): void {
    tell(() => "an operator changes the definitions");
    admin.invoke(changes, (outcome) => {
      if (outcome.kind === "answered") isDefined = true;
      else scheduler.after(dice.between(5, 120) * 1000, () => define(changes));
    });
  }

  function sceneNow() {
    const bundle: Bundle = bundles.newest() ?? { version: 0, definitions: [] };
    return { journal, dynamo, now: scheduler.now(), bundle };
  }

  function checkNow(): void {
    const scene = sceneNow();
    const run = readRun(dynamo);
    checkTimers(scene);
    // Answers by definitions that no run has seen yet are those of whoever was looked at since.
    if (run?.status !== "done" || run.bundleVersion < scene.bundle.version) return;
    count("people checked", checkMemberships(scene));
    count("checks", 1);
  }

  return {
    isQuiet: () => scheduler.now() >= end && isQuiet(),

    async finish(play) {
      checkNow();
      const isFirstOver = await runOver(play);
      const startedAt = scheduler.now();
      const isSecondOver = await runOver(play);
      checkFeatures(sceneNow());
      checkThresholds(sceneNow());
      if (isFirstOver && isSecondOver && !hasExpired(startedAt)) checkCounts(sceneNow());
      count(
        "dead letters",
        queues.reduce((sum, { deadLetters }) => sum + deadLetters(), 0),
      );
    },
  };

  /** Whether time alone has changed somebody since. */
  function hasExpired(since: number): boolean {
    return expiredAt >= since - SKEW_MS;
  }

  /** Everyone once more, undisturbed. A run right after another finds nothing to do. */
  async function runOver(play: (isOver: () => boolean) => Promise<void>): Promise<boolean> {
    const before = readRun(dynamo);
    const startedAt = scheduler.now();
    const isSecond = (before?.startedAt ?? 0) >= end;
    plan.invoke({ task: "start", reason: "nightly" }, () => {});
    await play(() => readRun(dynamo)?.runId !== before?.runId && isQuiet());
    const run = readRun(dynamo);
    if (run?.status !== "done" || run.runId === before?.runId) {
      journal.violations.push({ law: "run", what: `${run?.runId} is ${run?.status}` });
      return false;
    }
    const { changed, repaired } = run.figures;
    if (isSecond && !hasExpired(startedAt) && changed + repaired > 0) {
      const what = `${run.runId} changed ${changed} people and repaired ${repaired} rows, right after another`;
      journal.violations.push({ law: "second-run", what });
    }
    return true;
  }
}
