import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";

/** One event, call or record that was refused, and why. */
export const FailedEventItem = z
  .object({
    object: z.string().meta({ description: "Where it is kept; what replaying takes." }),
    stage: z.enum(["collect", "fold", "stream", "unreadable"]),
    code: z.string(),
    message: z.string(),
    failedAt: Instant.nullable(),
    source: z.object({ name: z.string(), type: z.string() }).optional(),
    receivedAt: Instant.optional(),
    event: z.unknown().optional().meta({ description: "The call as it was sent, or the event as it was collected." }),
  })
  .meta({
    id: "FailedEvent",
    example: {
      object: "failed/2026-03-01/0195.ndjson",
      stage: "collect",
      code: "no_identity",
      message: "neither userId nor anonymousId",
      failedAt: "2026-03-01T09:30:00.000Z",
      source: { name: "web", type: "web" },
      receivedAt: "2026-03-01T09:30:00.000Z",
      event: { type: "track", event: "Signed Up" },
    },
  });
export type FailedEventItem = z.infer<typeof FailedEventItem>;

/** Newest objects first. */
export const FailedEventPage = pageOf(FailedEventItem).meta({ id: "FailedEventPage" });
export type FailedEventPage = z.infer<typeof FailedEventPage>;

export const ReplayRequest = z
  .strictObject({
    objects: z
      .array(z.string().regex(/^failed\/[\w./=-]+$/, "an object is such as failed/2026-03-01/0195.ndjson"))
      .max(500)
      .optional()
      .meta({ description: "Which objects; all of them, newest first and as many as there is time for, if left out." }),
    code: z.string().optional().meta({ description: "Only what failed for this reason." }),
  })
  .meta({ id: "ReplayRequest", example: { code: "no_identity" } });
export type ReplayRequest = z.infer<typeof ReplayRequest>;

/** What became of one object: `removed` (all of it is durable elsewhere), `kept` (nothing of it could be replayed),
 *  `missing` (there is none), `unreadable` (it is no failed-events object). */
export const ReplayedObject = z
  .object({
    object: z.string(),
    outcome: z.enum(["removed", "kept", "missing", "unreadable"]),
    replayed: z.int().meta({ description: "Entered the stream again." }),
    refused: z.int().meta({ description: "Refused again by the definitions of now." }),
    kept: z.int().meta({ description: "Not asked for, or no event at all." }),
  })
  .meta({ id: "ReplayedObject" });
export type ReplayedObject = z.infer<typeof ReplayedObject>;

export const ReplayAnswer = z
  .object({
    objects: z.array(ReplayedObject),
    replayed: z.int(),
    refused: z.int(),
    kept: z.int(),
    more: z.boolean().meta({ description: "There was no time for every object: ask again." }),
  })
  .meta({
    id: "ReplayAnswer",
    example: {
      objects: [{ object: "failed/2026-03-01/0195.ndjson", outcome: "removed", replayed: 3, refused: 0, kept: 0 }],
      replayed: 3,
      refused: 0,
      kept: 0,
      more: false,
    },
  });
export type ReplayAnswer = z.infer<typeof ReplayAnswer>;
