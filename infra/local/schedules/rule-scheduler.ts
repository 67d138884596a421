import { randomUUID } from "node:crypto";
import type { RulePlan } from "../template/deployment.ts";
import { accountId, region } from "../template/physical-ids.ts";
import { parseSchedule, type Schedule } from "./schedule-expression.ts";

interface SchedulerOptions {
  readonly rules: readonly RulePlan[];
  readonly now: () => number;
  /** Moves the clock forward on the way to a later instant. */
  readonly setClock: (instant: number) => void;
  /** Runs the function to its end. Rejects never: a scheduled invocation's failure is the function's affair. */
  invoke(functionArn: string, event: unknown): Promise<void>;
  /** Returns when the streams are consumed, so that what one firing caused is done before the next. */
  settle(): Promise<void>;
}

const tickMs = 1_000;
const hourMs = 3_600_000;

/** EventBridge rules with a schedule, on the steered clock. */
export class RuleScheduler {
  readonly #options: SchedulerOptions;
  readonly #rules: { readonly plan: RulePlan; readonly schedule: Schedule; nextAt: number }[];
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #jumping = false;

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

  start(): void {
    this.#timer = setInterval(() => this.#tick(), tickMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Moves the clock to an instant and fires, in order and each to its end, what falls due on the way. Where the way is
   * longer than a day, a rule that is due more often fires once an hour: forty days of minutes would take minutes.
   */
  async moveTo(instant: number): Promise<void> {
    const { now, setClock, settle } = this.#options;
    const from = now();
    const coarse = instant - from > 24 * hourMs;
    this.#jumping = true;
    try {
      await settle();
      for (let due = this.#nextDue(instant); due; due = this.#nextDue(instant)) {
        const { plan, nextAt, schedule } = due;
        setClock(nextAt);
        await this.#fire(plan, nextAt);
        await settle();
        due.nextAt = schedule(coarse ? Math.max(nextAt, Math.min(nextAt + hourMs - 1, instant)) : nextAt);
      }
      setClock(instant);
      // A clock that was set back starts its schedules from there.
      if (instant < from) for (const rule of this.#rules) rule.nextAt = rule.schedule(instant);
    } finally {
      this.#jumping = false;
    }
  }

  #nextDue(until: number) {
    const [first] = this.#rules.filter(({ nextAt }) => nextAt <= until).sort((a, b) => a.nextAt - b.nextAt);
    return first;
  }

  #tick(): void {
    if (this.#jumping) return;
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
