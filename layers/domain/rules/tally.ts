import { ALWAYS, NEVER, type Verdict, verdict } from "./verdict.ts";
import type { Window } from "./window.ts";

/** Decides on how many buckets or things are in a window, and what they add up to. */
export type Accepts = (count: number, total: number) => boolean;

/** What an answer turns on. `more`: no greater number and no greater sum turns a yes into a no, as of `atLeast`; `less`:
 *  no smaller one does, as of `below`; `either`: both may. */
export type Favours = "more" | "less" | "either";

/** Adds up what is in a window at one instant and finds when the answer first differs as the window slides on. One
 *  belongs to one compiled leaf and is used again and again, so that judging allocates nothing. */
export class Tally {
  count = 0;
  total = 0;
  private readonly window: Window;
  private current = 0;
  /** What is in the window or ahead of it: as it came. */
  private added = 0;
  private readonly buckets: number[] = [];
  private readonly values: number[] = [];
  /** As time goes on, things leave the window and none comes in, and none of them is negative. */
  private onlyFalls = true;
  private size = 0;
  /** Ascending: the buckets at which something comes in (+1) or drops out (−1), and how much. */
  private readonly changeAt: number[] = [];
  private readonly changeCount: number[] = [];
  private readonly changeTotal: number[] = [];

  constructor(window: Window) {
    this.window = window;
  }

  /** Begins anew, with the window ending in the bucket `current`. */
  begin(current: number): void {
    this.current = current;
    this.count = 0;
    this.total = 0;
    this.added = 0;
    this.onlyFalls = true;
  }

  /** Counts one thing in `bucket`. What is later than the window comes in when its bucket does. */
  add(bucket: number, value: number): void {
    const { current } = this;
    if (bucket + this.window.length <= current) return;
    if (bucket > current) this.onlyFalls = false;
    else {
      this.count++;
      this.total += value;
    }
    if (value < 0) this.onlyFalls = false;
    this.buckets[this.added] = bucket;
    this.values[this.added] = value;
    this.added++;
  }

  /** The answer now, and the start of the first bucket at which it differs. */
  judge(accepts: Accepts, favours: Favours): Verdict {
    const holds = accepts(this.count, this.total);
    // Most answers are a no that asks for more, which time alone never gives.
    if (this.onlyFalls && favours === (holds ? "less" : "more")) return holds ? ALWAYS : NEVER;
    this.sort();
    let { count, total } = this;
    for (let i = 0; i < this.size; i++) {
      const at = this.changeAt[i] ?? 0;
      count += this.changeCount[i] ?? 0;
      total += this.changeTotal[i] ?? 0;
      const bucketIsWhole = i + 1 === this.size || this.changeAt[i + 1] !== at;
      if (bucketIsWhole && accepts(count, total) !== holds) return verdict(holds, this.window.startOf(at));
    }
    return holds ? ALWAYS : NEVER;
  }

  private sort(): void {
    this.size = 0;
    for (let i = 0; i < this.added; i++) {
      const bucket = this.buckets[i] ?? 0;
      const value = this.values[i] ?? 0;
      if (bucket > this.current) this.note(bucket, 1, value);
      this.note(bucket + this.window.length, -1, -value);
    }
  }

  /** Insertion from the end: buckets mostly come in order of time. */
  private note(at: number, count: number, total: number): void {
    let i = this.size++;
    for (; i > 0 && (this.changeAt[i - 1] ?? 0) > at; i--) {
      this.changeAt[i] = this.changeAt[i - 1] ?? 0;
      this.changeCount[i] = this.changeCount[i - 1] ?? 0;
      this.changeTotal[i] = this.changeTotal[i - 1] ?? 0;
    }
    this.changeAt[i] = at;
    this.changeCount[i] = count;
    this.changeTotal[i] = total;
  }
}
