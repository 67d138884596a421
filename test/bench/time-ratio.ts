/** Seconds of processor time that one run took. */
interface Seconds {
  /** Of the thread that does the work: on an idle machine, what a clock on the wall shows. */
  readonly thread: number;
  /** Of all threads: the garbage collector's helpers too. */
  readonly process: number;
}

/** How the speeds of two pieces of work compare, as the median over the runs. */
export interface TimedRatio {
  readonly ours: readonly Seconds[];
  readonly yardstick: readonly Seconds[];
  /** How many times the yardstick's speed ours is, by the working thread: 0.5 is half as fast. */
  readonly ratio: number;
  /** The same, by all threads. */
  readonly ratioOfProcess: number;
  /** The largest of the runs' ratios by the smallest: far above 1.2, something else was using the machine. */
  readonly spread: number;
}

/** Times two pieces of work in turn, in processor time: what else runs on the machine delays us without being counted.
 *  Both are warm after a first pair, which is left out. Only ratios are comparable between machines. */
export async function timeRatio(work: {
  ours: () => unknown;
  yardstick: () => unknown;
  runs: number;
  say: (line: string) => void;
}): Promise<TimedRatio> {
  const ours: Seconds[] = [];
  const yardstick: Seconds[] = [];
  for (let run = 0; run <= work.runs; run++) {
    const theirs = await timeOnce(work.yardstick);
    const own = await timeOnce(work.ours);
    if (run === 0) continue;
    yardstick.push(theirs);
    ours.push(own);
    work.say(`run ${run} of ${work.runs}: ${own.thread.toFixed(2)} s against ${theirs.thread.toFixed(2)} s`);
  }
  const ratiosBy = (clock: keyof Seconds) => ours.map((own, run) => (yardstick[run]?.[clock] ?? 0) / own[clock]);
  const ratios = ratiosBy("thread");
  return {
    ours,
    yardstick,
    ratio: median(ratios),
    ratioOfProcess: median(ratiosBy("process")),
    spread: Math.max(...ratios) / Math.min(...ratios),
  };
}

async function timeOnce(work: () => unknown): Promise<Seconds> {
  // What the run before left behind is not this one's to collect.
  globalThis.gc?.();
  const threadBefore = process.threadCpuUsage();
  const processBefore = process.cpuUsage();
  await work();
  return {
    thread: toSeconds(process.threadCpuUsage(threadBefore)),
    process: toSeconds(process.cpuUsage(processBefore)),
  };
}

function toSeconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that at least the share `q` of the values does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const ascending = values.toSorted((a, b) => a - b);
  return ascending[Math.max(0, Math.ceil(q * ascending.length) - 1)] ?? Number.NaN;
}
