/** A virtual clock and what is to happen on it. Everything in a simulation happens here, one thing at a time. */
export interface Scheduler {
  /** Milliseconds since 1970. */
  now(): number;
  after(delayMs: number, task: () => void): void;
  /** Runs what is due, in order of time, until nothing is left or `isOver` says so. Between two tasks everything that a
   *  task set going runs to its next await. Returns how many tasks ran. */
  run(isOver: () => boolean, maxTasks: number): Promise<number>;
  /** Nothing more happens until this has come to its end: for what takes more than one turn of the event loop, and waits
   *  for nothing that is still to happen here. */
  hold(until: Promise<unknown>): void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  readonly task: () => void;
}

export function makeScheduler(start: number): Scheduler {
  const heap: Due[] = [];
  let now = start;
  let order = 0;
  let held: Promise<unknown>[] = [];

  return {
    now: () => now,
    hold: (until) => {
      held.push(until);
    },
    after(delayMs, task) {
      push(heap, { at: now + Math.max(0, delayMs), order: order++, task });
    },
    async run(isOver, maxTasks) {
      let ran = 0;
      while (ran < maxTasks && !isOver()) {
        const due = pop(heap);
        if (!due) break;
        now = due.at;
        due.task();
        ran++;
        await settle();
        while (held.length > 0) {
          const waited = held;
          held = [];
          await Promise.all(waited);
          await settle();
        }
      }
      return ran;
    },
  };
}

/** All promises that can go on have gone on when the event loop comes round: nothing in a simulation waits for more. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (!a || !b) return a !== undefined;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  heap.push(due);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (!above || !isBefore(due, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = due;
}

function pop(heap: Due[]): Due | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (!last || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    const below = heap[child];
    if (!below || !isBefore(below, last)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = last;
  return first;
}
