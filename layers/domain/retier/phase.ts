import type { RetierPorts } from "./ports.ts";
import type { PhaseName, Run, RunFigures } from "./run.ts";

/** A slice that is being worked on. */
export interface OpenSlice {
  /** Works on the page at `cursor` (the first: undefined). Without a cursor in the answer the slice is at its end. */
  work(cursor: string | undefined): Promise<{ readonly cursor?: string | undefined }>;
  /** What was tallied so far, as JSON. */
  tally(): unknown;
  /** What was done so far. */
  figures(): RunFigures;
}

/** What follows when all slices of a phase are done. */
export interface PhaseEnd {
  readonly next: PhaseName | "done";
  readonly slices: number;
  readonly bundleVersion?: number;
}

/** One phase of a run: how its slices are worked on, and what comes of them together. Working on a page twice, and
 *  finishing twice, change nothing more. */
export interface Phase {
  /** Opens a slice where it was left: `tally` and `figures` are those of its last checkpoint. */
  open(
    ports: RetierPorts,
    run: Run,
    slice: { readonly index: number; readonly tally: unknown; readonly figures: RunFigures },
  ): Promise<OpenSlice>;
  finish(ports: RetierPorts, run: Run, tallies: () => AsyncIterable<unknown>): Promise<PhaseEnd>;
}
