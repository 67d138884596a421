import * as z from "zod";
import { Acquisition, CollectedEvent, Device, Place } from "#events/collected-event.ts";
import { Instant, pageOf } from "./answer.ts";

/** One event of a person's behaviour log. */
export const ActivityItem = z
  .object({
    messageId: z.string(),
    type: CollectedEvent.shape.type,
    event: z.string().optional(),
    at: Instant,
    receivedAt: Instant,
    source: z.object({ name: z.string(), type: z.string() }),
    identifiers: z.array(z.object({ type: z.string(), value: z.string() })),
    properties: z.record(z.string(), z.unknown()).optional(),
    traits: z.record(z.string(), z.unknown()).optional(),
    acquisition: Acquisition.optional(),
    place: Place.optional(),
    device: Device.optional(),
    flags: z.array(z.string()).optional().meta({ description: "What collection noticed without refusing." }),
  })
  .meta({
    id: "ActivityItem",
    example: {
      messageId: "node-next-1719-2a",
      type: "track",
      event: "Order Completed",
      at: "2026-02-11T10:00:00.000Z",
      receivedAt: "2026-02-11T10:00:00.410Z",
      source: { name: "server", type: "server" },
      identifiers: [{ type: "userId", value: "u1" }],
      properties: { order_id: "536365", revenue: 139.12 },
    },
  });
export type ActivityItem = z.infer<typeof ActivityItem>;

/** Newest first. */
export const ActivityPage = pageOf(ActivityItem).meta({ id: "ActivityPage" });
export type ActivityPage = z.infer<typeof ActivityPage>;
