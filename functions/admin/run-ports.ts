import type { RunPorts } from "#domain/retier/ports.ts";
import type { AdminPorts } from "./ports.ts";

/** What starting, stopping and following re-tiering runs asks of the ports of administration. */
export function runPortsOf({ work, retierQueue, definitions, now, randomId }: AdminPorts): RunPorts {
  return { work, queue: retierQueue, bundles: definitions, now, newId: randomId };
}
