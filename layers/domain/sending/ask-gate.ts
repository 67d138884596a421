import type { ChannelDefinition } from "#events/definitions/channel.ts";
import { PROVIDER_TIMEOUT_MS } from "./call-provider.ts";
import { type Passage, passGate } from "./gate.ts";
import { OWN_ADAPTERS } from "./own-adapters.ts";
import { intervalOf } from "./pace.ts";
import type { SendPorts } from "./send-ports.ts";

/** How long a message that has its place in the schedule is held in hand. */
const HORIZON_MS = 10_000;
/** How long a worker waits for a place rather than give its messages back. */
const PATIENCE_MS = 20_000;
/** A probe that was not heard of again is lost. */
const PROBE_MS = 3 * PROVIDER_TIMEOUT_MS;

/** Whether a provider has a schedule and a breaker at all. */
export function hasGate({ adapter, rate }: ChannelDefinition): boolean {
  return rate !== undefined || !OWN_ADAPTERS.has(adapter);
}

/** Asks a provider's gate, and once more where the worker's patience reaches to the next place. Throws GateBusyError. */
export async function askGate(
  { work, now, sleep }: Pick<SendPorts, "work" | "now" | "sleep">,
  definition: ChannelDefinition,
  { wanted, owner }: { wanted: number; owner: string },
): Promise<Passage> {
  if (!hasGate(definition)) {
    const at = Array<number>(wanted).fill(now());
    return { at, isSound: true, retryAt: 0, isClosed: false };
  }
  const intervalMs = intervalOf(definition.rate);
  const ask = () =>
    passGate(work, definition.name, {
      owner,
      wanted,
      intervalMs,
      now: now(),
      horizonMs: HORIZON_MS,
      probeMs: PROBE_MS,
    });
  const first = await ask();
  const inMs = first.retryAt - now();
  if (first.at.length > 0 || first.isClosed || inMs > PATIENCE_MS) return first;
  await sleep(Math.max(0, inMs) + intervalMs);
  return ask();
}
