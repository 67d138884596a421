import * as z from "zod";
import { CollectedEvent, SourceType } from "./collected-event.ts";

/** One line of a failed-events object in S3 (`failed/<yyyy-mm-dd>/<id>.ndjson`): what was refused, why, and enough to
 *  replay it. */
const FailedBase = z.object({
  code: z.string(),
  message: z.string(),
  failedAt: z.int(),
});

/** Refused at collection: the call as the client sent it. */
export const RefusedCall = FailedBase.extend({
  stage: z.literal("collect"),
  source: z.object({ name: z.string(), type: SourceType }),
  wire: z.enum(["segment", "sensors"]),
  receivedAt: z.int(),
  sentAt: z.string().optional(),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  call: z.unknown(),
});
export type RefusedCall = z.infer<typeof RefusedCall>;

/** Accepted, but it can never be folded. */
export const UnfoldableEvent = FailedBase.extend({ stage: z.literal("fold"), event: CollectedEvent });
/** A stream record whose bytes cannot be read. */
export const UnreadableRecord = FailedBase.extend({
  stage: z.literal("stream"),
  stream: z.string(),
  sequenceNumber: z.string(),
  dataBase64: z.string(),
});

export const FailedEvent = z.discriminatedUnion("stage", [RefusedCall, UnfoldableEvent, UnreadableRecord]);
export type FailedEvent = z.infer<typeof FailedEvent>;
