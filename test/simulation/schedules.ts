import type { PlanTask } from "#functions/retier/plan-runs.ts";
import type { MemoryDynamo } from "../support/memory-dynamo.ts";
import { isRunOpen } from "./checks/check-time.ts";
import { readTimers } from "./checks/watch-time.ts";
import type { Lambda } from "./lambda.ts";
import type { Scheduler } from "./scheduler.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** 01:15, as the template says. */
const NIGHTLY_MS = 75 * MINUTE_MS;
/** Minutes between the looks at rows that stay. */
const BACKOFF = [1, 1, 1, 2, 5, 10, 15];
/** EventBridge calls a function again that fails. */
const RETRIES_AFTER_MS = [MINUTE_MS, 2 * MINUTE_MS];

/** EventBridge's rules: a look every minute in which something is due, a run every night, and every five minutes somebody
 *  who looks after a run that goes on. Minutes in which nothing would happen are left out. */
export function startSchedules(on: {
  dynamo: MemoryDynamo;
  scheduler: Scheduler;
  wake: Lambda<undefined, void>;
  plan: Lambda<PlanTask, void>;
  /** No rule fires between these instants. */
  outage: { readonly from: number; readonly to: number } | undefined;
  /** From here on no run begins by itself. */
  until: number;
  timersTable: string;
  tell: (line: () => string) => void;
}): { isDone(): boolean } {
  const { dynamo, scheduler, wake, plan, outage, tell } = on;
  let nextLook = Infinity;
  let isLooking = false;
  let looks = 0;

  const minuteAfter = (at: number) => (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
  const isOut = () => outage !== undefined && scheduler.now() >= outage.from && scheduler.now() < outage.to;

  function lookAt(at: number): void {
    const instant = minuteAfter(Math.max(at - 1, scheduler.now()));
    if (instant >= nextLook) return;
    nextLook = instant;
    scheduler.after(instant - scheduler.now(), () => {
      // Another was planned for earlier.
      if (nextLook === instant) look();
    });
  }

  function look(): void {
    nextLook = Infinity;
    const now = scheduler.now();
    const first = readTimers(dynamo)[0]?.at;
    if (first === undefined || first > now) {
      looks = 0;
      if (first !== undefined) lookAt(first);
      return;
    }
    if (!isOut()) {
      tell(() => "a minute's look begins");
      isLooking = true;
      wake.invoke(undefined, (outcome) => {
        isLooking = false;
        if (outcome.kind === "failed") tell(() => `the look failed: ${outcome.why}`);
        planNext();
      });
    }
    planNext();
  }

  function planNext(): void {
    const first = readTimers(dynamo)[0]?.at;
    if (first === undefined) return;
    if (first > scheduler.now()) lookAt(first);
    else lookAt(scheduler.now() + (BACKOFF[Math.min(looks++, BACKOFF.length - 1)] ?? 1) * MINUTE_MS);
  }

  dynamo.onChange(({ table, after }) => {
    if (table === on.timersTable && after) lookAt(Number((after.sk?.S ?? "").split("#", 1)[0]));
  });

  function ask(task: PlanTask, attempt = 0): void {
    if (isOut() || scheduler.now() > on.until) return;
    tell(() => `a rule asks for ${JSON.stringify(task)}`);
    plan.invoke(task, (outcome) => {
      const retryMs = RETRIES_AFTER_MS[attempt];
      if (outcome.kind === "failed" && retryMs !== undefined) scheduler.after(retryMs, () => ask(task, attempt + 1));
    });
  }

  function everyNight(): void {
    const now = scheduler.now();
    const next = Math.floor((now - NIGHTLY_MS) / DAY_MS + 1) * DAY_MS + NIGHTLY_MS;
    scheduler.after(next - now, () => {
      ask({ task: "start", reason: "nightly" });
      if (scheduler.now() < on.until) everyNight();
    });
  }

  function everyFiveMinutes(): void {
    scheduler.after(5 * MINUTE_MS, () => {
      if (isRunOpen(dynamo) && !isOut()) plan.invoke({ task: "resume" }, () => {});
      everyFiveMinutes();
    });
  }

  everyNight();
  everyFiveMinutes();
  return { isDone: () => !isLooking && (readTimers(dynamo)[0]?.at ?? Infinity) > scheduler.now() };
}
