import { Worker } from "node:worker_threads";
import type { Violation } from "./checks/journal.ts";
import type { Population } from "./population.ts";

export interface Assignment {
  readonly from: number;
  readonly step: number;
  readonly to: number;
  readonly world?: Population | undefined;
  /** The name of a bug to plant. */
  readonly planted?: string | undefined;
}

export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly strikes: number;
  readonly merges: number;
  readonly ghosts: number;
  readonly stalls: number;
  readonly counted: Readonly<Record<string, number>>;
}

/** Runs the seeds `from` ≤ seed < `to` on `threads` threads. `onReport` hears of each and ends the series by `true`. */
export async function runSeries(
  series: Omit<Assignment, "step">,
  threads: number,
  onReport: (report: SeedReport) => boolean | undefined,
): Promise<void> {
  const workers: Worker[] = [];
  const stop = () => Promise.all(workers.map((worker) => worker.terminate()));
  try {
    const ends = Array.from({ length: threads }, (_, n) => {
      const assignment: Assignment = { ...series, from: series.from + n, step: threads };
      const worker = new Worker(new URL("./seeds-thread.ts", import.meta.url), { workerData: assignment });
      workers.push(worker);
      return new Promise<void>((resolve, reject) => {
        worker.on("message", (report: SeedReport) => {
          if (onReport(report)) resolve(stop().then(() => undefined));
        });
        worker.on("error", reject);
        worker.on("exit", () => resolve());
      });
    });
    await Promise.all(ends);
  } finally {
    await stop();
  }
}
