/** Seconds of processor time that each side took, run by run, and the median of the runs' ratios. */
export interface TimedRatio {
  readonly oursSeconds: readonly number[];
  readonly yardstickSeconds: readonly number[];
  /** How many times the yardstick's speed ours is: 0.5 is half as fast. */
  readonly ratio: number;
  /** The largest of the runs' ratios by the smallest: far above 1.2, something else was using the machine. */
  readonly spread: number;
}

/** Times two pieces of work in turn, in processor time of all threads: what else runs on the machine delays us without
 *  being counted, and garbage that is collected beside us is counted. Both are warm after a first pair, which is left out.
 *  Only the ratio is comparable between machines. */
export async function timeRatio(work: {
  ours: () => unknown;
  yardstick: () => unknown;
  runs: number;
  say: (line: string) => void;
}): Promise<TimedRatio> {
  const oursSeconds: number[] = [];
  const yardstickSeconds: number[] = [];
  for (let run = 0; run <= work.runs; run++) {
    const yardstick = await timeOnce(work.yardstick);
    const ours = await timeOnce(work.ours);
    if (run === 0) continue;
    yardstickSeconds.push(yardstick);
    oursSeconds.push(ours);
    work.say(`run ${run} of ${work.runs}: ${ours.toFixed(2)} s against ${yardstick.toFixed(2)} s`);
  }
  const ratios = oursSeconds.map((seconds, run) => (yardstickSeconds[run] ?? 0) / seconds);
  return { oursSeconds, yardstickSeconds, ratio: median(ratios), spread: Math.max(...ratios) / Math.min(...ratios) };
}

async function timeOnce(work: () => unknown): Promise<number> {
  // What the run before left behind is not this one's to collect.
  globalThis.gc?.();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
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
