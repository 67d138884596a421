import { randomUUID } from "node:crypto";
import type { RulePlan } from "../template/deployment.ts";
import { accountId, region } from "../template/physical-ids.ts";
import { parseSchedule, type Schedule } from "./schedule-expression.ts";

interface SchedulerOptions {
  readonly rules: readonly RulePlan[];
  readonly now: () => number;
  /** Runs the function to its end. Rejects never: a scheduled invocation's failure is the function's affair. */
  invoke(functionArn: string, event: unknown): Promise<void>;
}

interface ScheduledRule {
  readonly plan: RulePlan;
  readonly schedule: Schedule;
  nextAt: number;
}

const tickMs = 1_000;
/** Rules that are due no more often than daily fire each time, however long the way. */
const dayMs = 86_400_000;

/** EventBridge rules with a schedule, on the steered clock. */
export class RuleScheduler {
  readonly #options: SchedulerOptions;
  readonly #rules: readonly ScheduledRule[];
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #paused = false;

  /** Throws for a schedule that it cannot follow. */
  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#rules = options.rules.map((plan) => {
      const schedule = parseSchedule(plan.schedule);
      return { plan, schedule, nextAt: schedule(options.now()) };
    });
  }

  get running(): number {
    return this.#running.size;
  }

  /** When the next rule is due; Infinity where there is none. */
  get nextDueAt(): number {
    return Math.min(...this.#rules.map(({ nextAt }) => nextAt));
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Fires nothing by itself until `resume`. Returns when what it fired is done. */
  async pause(): Promise<void> {
    this.#paused = true;
    await Promise.all(this.#running);
  }

  resume(): void {
    this.#paused = false;
  }

  /** A clock that was set back starts its schedules from there. */
  restart(): void {
    const now = this.#options.now();
    for (const rule of this.#rules) rule.nextAt = rule.schedule(now);
  }

  /**
   * Fires the rules that are due next, those of one instant side by side, on a way that ends at `until`, and returns when
   * all are done. One that is due more often than every `grainMs` and than daily fires only so often, and a last time when
   * it is last due on the way.
   */
  async fireNext(grainMs: number, until: number): Promise<void> {
    const dueAt = this.nextDueAt;
    const due = this.#rules.filter(({ nextAt }) => nextAt === dueAt);
    for (const rule of due) rule.nextAt = nextOnTheWay(rule, grainMs, until);
    await Promise.all(due.map(({ plan }) => this.#fire(plan, dueAt)));
  }

  #tick(): void {
    if (this.#paused) return;
    const now = this.#options.now();
    for (const rule of this.#rules.filter(({ nextAt }) => nextAt <= now)) {
      const dueAt = rule.nextAt;
      // A machine that slept fires once, not once for every minute it missed.
      rule.nextAt = rule.schedule(now);
      const run = this.#fire(rule.plan, dueAt).finally(() => this.#running.delete(run));
      this.#running.add(run);
    }
  }

  async #fire({ arn, targets }: RulePlan, dueAt: number): Promise<void> {
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: accountId,
      time: new Date(dueAt).toISOString().replace(/\.\d+/, ""),
      region,
      resources: [arn],
      detail: {},
    };
    await Promise.all(
      targets.map(({ functionArn, input }) =>
        this.#options.invoke(functionArn, input === undefined ? event : JSON.parse(input)),
      ),
    );
  }
}

function nextOnTheWay({ schedule, nextAt }: ScheduledRule, grainMs: number, until: number): number {
  const next = schedule(nextAt);
  const period = next - nextAt;
  if (next > until || period >= grainMs || period >= dayMs) return next;
  const later = schedule(nextAt + grainMs - 1);
  return later <= until ? later : Math.max(next, schedule(until - period));
}
