import { createHash } from "node:crypto";
import { collectCall } from "#domain/collect/collect-call.ts";
import { groupEvents } from "#domain/collect/group-events.ts";
import type { CompiledBundle } from "#domain/definitions/compile-bundle.ts";
import type { GeoLookup } from "#domain/ports/geo-lookup.ts";
import type { ReplayedObject } from "#events/admin-api/failed-events.ts";
import type { CollectedEvent } from "#events/collected-event.ts";
import type { FailedEvent, RefusedCall } from "#events/failed-event.ts";
import type { AdminPorts } from "./ports.ts";
import { readFailedObject } from "./read-failed-object.ts";

/** Administration does not carry the database of places: a replayed call's place stays unknown. */
const NO_PLACES: GeoLookup = { find: () => undefined };

/** Enters the failed events of one object again: calls are collected anew by the definitions in force, events that could
 *  not be folded go as they are. The object is removed only once everything in it is durable: in the stream, or in a new
 *  object. Doing it twice counts nothing twice, for every event keeps its messageId. Throws what the ports throw. */
export async function replayObject(
  object: string,
  wanted: { readonly code?: string | undefined },
  ports: Pick<AdminPorts, "failed" | "events" | "inForce" | "now">,
): Promise<ReplayedObject> {
  const nothing = { object, replayed: 0, refused: 0, kept: 0 };
  const read = await readFailedObject(object, ports);
  if (typeof read === "string") return { ...nothing, outcome: read };
  const bundle = await ports.inForce();
  const accepted: CollectedEvent[] = [];
  const refused: FailedEvent[] = [];
  const kept: FailedEvent[] = [];
  for (const [index, failed] of read.entries()) {
    const retried =
      wanted.code === undefined || failed.code === wanted.code
        ? retry(failed, bundle, ports.now(), `${object}#${index}`)
        : undefined;
    if (retried === undefined) kept.push(failed);
    else if ("stage" in retried) refused.push(retried);
    else accepted.push(retried);
  }
  const counts = { replayed: accepted.length, refused: refused.length, kept: kept.length };
  if (accepted.length === 0) return { object, outcome: "kept", ...counts };
  await ports.events.put(groupEvents(accepted));
  const left = [...refused, ...kept];
  if (left.length > 0) await ports.failed.store(left);
  await ports.failed.remove(object);
  return { object, outcome: "removed", ...counts };
}

/** The event to enter again, why it is refused again, or undefined for bytes that never were an event. */
function retry(
  failed: FailedEvent,
  bundle: CompiledBundle,
  now: number,
  place: string,
): CollectedEvent | RefusedCall | undefined {
  switch (failed.stage) {
    case "stream":
      return undefined;
    case "fold":
      return failed.event;
    case "collect":
      return collectAgain(failed, bundle, now, place);
    default:
      return failed satisfies never;
  }
}

function collectAgain(
  failed: RefusedCall,
  bundle: CompiledBundle,
  now: number,
  place: string,
): CollectedEvent | RefusedCall {
  const { wire, receivedAt, sentAt, ip, userAgent } = failed;
  const source = [...bundle.sourcesByKeyHash.values()].find(({ name }) => name === failed.source.name);
  const outcome = collectCall(
    failed.call,
    // A source that is gone is trusted with nothing.
    { wire, receivedAt, sentAt, ip, userAgent, source: source ?? { ...failed.source, public: true } },
    bundle,
    // A call without a messageId gets the same one at every replay.
    { geo: NO_PLACES, newId: () => createHash("sha256").update(place).digest("hex").slice(0, 32) },
  );
  if (outcome.kind === "accepted") return outcome.event;
  return { ...failed, code: outcome.code, message: outcome.message, failedAt: now };
}
