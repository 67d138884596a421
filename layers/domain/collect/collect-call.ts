import type { CollectedEvent } from "#events/collected-event.ts";
import { checkShape } from "./check-shape.ts";
import type { CollectionSettings, CollectionTools, Reception } from "./collection-settings.ts";
import { asObject } from "./json-object.ts";
import { readSegmentCall } from "./read-segment-call.ts";
import { readSensorsCall } from "./read-sensors-call.ts";
import { CallRefusedError, type RefusalCode } from "./refusals.ts";
import { stampCall } from "./stamp-call.ts";

export type CollectOutcome =
  | { readonly kind: "accepted"; readonly event: CollectedEvent }
  | { readonly kind: "refused"; readonly code: RefusalCode; readonly message: string };

/** Turns one call, as a client sent it, into an event that every later step can rely on, or says why not (refusals.ts).
 *  Never throws on any JSON value. */
export function collectCall(
  call: unknown,
  reception: Reception,
  settings: CollectionSettings,
  tools: CollectionTools,
): CollectOutcome {
  try {
    const object = asObject(call);
    if (object === undefined) throw new CallRefusedError("not_an_object");
    checkShape(object);
    const read = reception.wire === "segment" ? readSegmentCall(object) : readSensorsCall(object);
    return { kind: "accepted", event: stampCall(read, reception, settings, tools) };
  } catch (error) {
    if (!(error instanceof CallRefusedError)) throw error;
    return { kind: "refused", code: error.code, message: error.message };
  }
}
