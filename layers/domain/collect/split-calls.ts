import { asObject, type JsonObject, ownValue } from "./json-object.ts";
import { RequestRejectedError } from "./rejections.ts";

/** Events of one request. */
export const MAX_EVENTS = 2500;

/** The calls of one request, not yet looked into. */
export interface Calls {
  readonly calls: readonly unknown[];
  /** False for a call on its own, which is answered with its own refusal. */
  readonly isBatch: boolean;
  readonly sentAt?: unknown;
}

/** The calls of a Segment or RudderStack body. `type` is that of the route; `batch` takes each call's own. What a batch
 *  says of its context holds for every call of it, where the call does not say otherwise. Throws RequestRejectedError. */
export function splitSegmentBody(body: unknown, type: string): Calls {
  const object = asObject(body);
  if (type !== "batch") {
    // The call says its kind wherever it is kept, for example among failed events.
    return { calls: [object === undefined ? body : { ...object, type }], isBatch: false };
  }
  const batch = ownValue(object, "batch");
  if (!Array.isArray(batch)) throw new RequestRejectedError("batch_missing");
  checkCount(batch);
  const context = asObject(ownValue(object, "context"));
  const calls = context === undefined ? batch : batch.map((call: unknown) => addContext(call, context));
  return { calls, isBatch: true, sentAt: ownValue(object, "sentAt") };
}

/** The calls of a Sensors body: one object, or a list of them. Throws RequestRejectedError. */
export function splitSensorsBody(body: unknown): Calls {
  if (!Array.isArray(body)) return { calls: [body], isBatch: false };
  checkCount(body);
  return { calls: body, isBatch: true };
}

function checkCount(calls: readonly unknown[]): void {
  if (calls.length > MAX_EVENTS) throw new RequestRejectedError("payload_too_large");
}

function addContext(call: unknown, context: JsonObject): unknown {
  const object = asObject(call);
  if (object === undefined) return call;
  const own = ownValue(object, "context");
  if (own !== undefined && own !== null && asObject(own) === undefined) return call;
  return { ...object, context: { ...context, ...asObject(own) } };
}
