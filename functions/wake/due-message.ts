import * as z from "zod";
import { TIMER_SHARDS } from "#domain/ports/timer-store.ts";

/** A shard of the Timers table with rows that have fallen due, from and up to these instants, both included. */
export const DueMessage = z.object({
  shard: z
    .int()
    .min(0)
    .max(TIMER_SHARDS - 1),
  from: z.int(),
  to: z.int(),
});
export type DueMessage = z.infer<typeof DueMessage>;

/** An occasion of a journey with a schedule, whose segment is let in. */
export const CampaignMessage = z.object({ campaign: z.object({ journey: z.string(), at: z.int() }) });
export type CampaignMessage = z.infer<typeof CampaignMessage>;
