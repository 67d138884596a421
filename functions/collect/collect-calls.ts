import { cutDepth } from "#domain/collect/check-shape.ts";
import { collectCall } from "#domain/collect/collect-call.ts";
import type { CollectionSettings, CollectionTools, Reception } from "#domain/collect/collection-settings.ts";
import type { Calls } from "#domain/collect/split-calls.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { RefusedCall } from "#events/failed-event.ts";

/** The calls of one request, sorted into what goes on and what does not. */
export interface Collected {
  readonly accepted: readonly CollectedEvent[];
  readonly rejected: readonly { readonly index: number; readonly code: string }[];
  /** The rejected calls as they are kept. */
  readonly failed: readonly RefusedCall[];
}

/** Collects every call of a request; a refused one costs its neighbours nothing. Pure but for `tools`. */
export function collectCalls(
  { calls, sentAt }: Calls,
  reception: Reception,
  settings: CollectionSettings,
  tools: CollectionTools,
): Collected {
  const accepted: CollectedEvent[] = [];
  const rejected: { index: number; code: string }[] = [];
  const failed: RefusedCall[] = [];
  for (const [index, call] of calls.entries()) {
    const outcome = collectCall(call, { ...reception, sentAt }, settings, tools);
    if (outcome.kind === "accepted") accepted.push(outcome.event);
    else {
      rejected.push({ index, code: outcome.code });
      failed.push(keepRefused(call, sentAt, reception, outcome));
    }
  }
  return { accepted, rejected, failed };
}

function keepRefused(
  call: unknown,
  sentAt: unknown,
  { wire, source, receivedAt, ip, userAgent }: Reception,
  { code, message }: { code: string; message: string },
): RefusedCall {
  return {
    stage: "collect",
    code,
    message,
    failedAt: receivedAt,
    source: { name: source.name, type: source.type },
    wire,
    receivedAt,
    ...(typeof sentAt === "string" && { sentAt }),
    ...(ip !== undefined && { ip }),
    ...(userAgent !== undefined && { userAgent }),
    // What is nested too deeply cannot be written as JSON either; it is kept down to the level that is allowed.
    call: cutDepth(call),
  };
}
