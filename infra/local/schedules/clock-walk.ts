import type { RuleScheduler } from "./rule-scheduler.ts";

interface WalkOptions {
  readonly scheduler: RuleScheduler;
  readonly now: () => number;
  readonly setClock: (instant: number) => void;
  /** When the next message that is kept back becomes visible to a consumer; undefined where none is. */
  nextMessageAt(): number | undefined;
  /** Returns when streams and queues are consumed, so that what one firing caused is done before the next. */
  settle(): Promise<void>;
  /** Runs at the end, before the clock counts as arrived. */
  arrive(): Promise<void>;
}

/** The clock is on its way already. */
export class ClockMovingError extends Error {
  override readonly name = "ClockMovingError";
  readonly code = "clock_moving";
  constructor(target: number) {
    super(`the clock is on its way to ${new Date(target).toISOString()}`);
  }
}

/** A way up to this long is walked with every firing on it. */
const exactMs = 8 * 3_600_000;
/**
 * How often one rule fires on a longer way at the most. Forty days of minutes are 57,600 firings, each settled to its end:
 * hours of waiting. 240 take a frequent rule to every six minutes on a day, every two hours on twenty days, every four on
 * forty. What such a rule does is to look for what has fallen due since the last time, so looking more seldom finds the
 * same, later by as much.
 */
const mostFirings = 240;
/** SQS counts delays in seconds: messages of one second become visible together. */
const secondMs = 1_000;

/** Moves the clock: what falls due on the way fires in order and each to its end, rules and delayed messages alike. */
export class ClockWalk {
  readonly #options: WalkOptions;
  #target: number | undefined;
  #stopped = false;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Where the clock is going; undefined while it just runs. */
  get movingTo(): number | undefined {
    return this.#target;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Moves the clock to an instant. Back, nothing fires. Throws ClockMovingError at once where it is on its way already. */
  moveTo(instant: number): Promise<void> {
    if (this.#target !== undefined) throw new ClockMovingError(this.#target);
    this.#target = instant;
    return this.#move(instant);
  }

  async #move(instant: number): Promise<void> {
    const { scheduler, now, setClock, settle, arrive } = this.#options;
    try {
      await scheduler.pause();
      await settle();
      if (instant >= now()) {
        await this.#walk(instant);
      } else {
        setClock(instant);
        scheduler.restart();
      }
      await arrive();
    } finally {
      scheduler.resume();
      this.#target = undefined;
    }
  }

  async #walk(instant: number): Promise<void> {
    const { scheduler, now, settle } = this.#options;
    const wayMs = instant - now();
    const grainMs = wayMs <= exactMs ? 0 : wayMs / mostFirings;
    while (!this.#stopped) {
      const ruleAt = scheduler.nextDueAt;
      const messageAt = this.#nextMessageAt(instant);
      if (Math.min(ruleAt, messageAt) > instant) break;
      this.#advanceTo(Math.min(ruleAt, messageAt));
      if (ruleAt < messageAt) await scheduler.fireNext(grainMs, instant);
      await settle();
    }
    if (!this.#stopped) this.#advanceTo(instant);
    await settle();
  }

  #nextMessageAt(instant: number): number {
    const at = this.#options.nextMessageAt() ?? Number.POSITIVE_INFINITY;
    return at > instant ? at : Math.min(instant, Math.ceil(at / secondMs) * secondMs);
  }

  /** Never back: work on the way takes its time, and the clock runs meanwhile. */
  #advanceTo(instant: number): void {
    const { now, setClock } = this.#options;
    if (instant > now()) setClock(instant);
  }
}
