import type { CompiledJourney } from "./compile-journey.ts";
import { type Run, touchIdOf } from "./run.ts";

/** The touches that a run may have asked for: their ids follow from the steps that it went through. `walked` is the version
 *  that it walks; where that is not known, any step may have been one that sends. */
export function touchIdsOf(run: Run, walked: Pick<CompiledJourney, "program"> | undefined): string[] {
  return run.visited
    .filter((step) => !walked || walked.program[step]?.op === "send")
    .map((step) => touchIdOf(run.id, step));
}
