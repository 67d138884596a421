import type { Renderer } from "#domain/ports/renderer.ts";
import type { SimulatedStep } from "#events/admin-api/simulation.ts";
import type { Simulation } from "./simulate.ts";

/** The steps of a simulation with every message as it would be sent. One that cannot be rendered would not be. */
export async function renderMessages(
  { steps, jobs }: Pick<Simulation, "steps" | "jobs">,
  renderer: Renderer,
): Promise<SimulatedStep[]> {
  const rendered: SimulatedStep[] = [];
  for (const step of steps) {
    const job = step.kind === "send" ? jobs.get(step) : undefined;
    rendered.push(job && step.kind === "send" ? { ...step, ...(await renderOne(renderer, job)) } : step);
  }
  return rendered;
}

async function renderOne(renderer: Renderer, job: Parameters<Renderer["render"]>[0]) {
  const outcome = await renderer.render(job);
  if (outcome.ok) return { message: outcome.message };
  const faults = outcome.faults.map(({ code, field, message }) => ({ code, field, message }));
  return { result: "failed" as const, reason: "template_failed", faults };
}
