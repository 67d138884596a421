import * as z from "zod";
import type { RunPorts } from "#domain/retier/ports.ts";
import { resumeRuns } from "#domain/retier/resume-runs.ts";
import { startRun } from "#domain/retier/start-run.ts";

/** What the rules say: begin the nightly run, or look after the one that goes on. */
export const PlanTask = z.discriminatedUnion("task", [
  z.object({ task: z.literal("start"), reason: z.literal("nightly") }),
  z.object({ task: z.literal("resume") }),
]);

export type PlanTask = z.infer<typeof PlanTask>;

export interface PlanPorts extends RunPorts {
  readonly count: (metric: "RetierStalled", n: number) => void;
}

/** Does what a rule asks for. */
export async function planRuns(ports: PlanPorts, event: unknown): Promise<void> {
  const task = PlanTask.parse(event);
  if (task.task === "start") await startRun(ports, { reason: task.reason, by: "nightly" });
  else if ((await resumeRuns(ports)) !== "nothing") ports.count("RetierStalled", 1);
}
