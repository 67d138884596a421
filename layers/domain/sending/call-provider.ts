import type { Channel, OutgoingMessage, SendResult } from "#domain/ports/channel.ts";
import type { Sign } from "./breaker.ts";
import type { SendPorts } from "./send-ports.ts";

/** A provider answers within this, or counts as silent. */
export const PROVIDER_TIMEOUT_MS = 10_000;

/** Calls a provider once. An adapter that throws has lost the answer. */
export async function callProvider(
  { logFailure }: Pick<SendPorts, "logFailure">,
  channel: Channel,
  message: OutgoingMessage,
  touchId: string,
): Promise<SendResult> {
  try {
    return await channel.send(message, { touchId, timeoutMs: PROVIDER_TIMEOUT_MS });
  } catch (error) {
    // Its message may hold anything; its name does not.
    logFailure(new Error(error instanceof Error ? error.name : "unknown"), { touchId, step: "provider" });
    return { kind: "unknown", code: "adapter_failed" };
  }
}

/** What an answer says of the provider's health. Pure. */
export function signOf(result: SendResult): Sign {
  if (result.kind === "sent" || result.kind === "failed") return "alive";
  return result.kind === "retry" && result.healthy ? "alive" : "dead";
}
