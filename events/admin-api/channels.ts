import * as z from "zod";
import { ChannelName } from "#events/definitions/template.ts";
import { Instant } from "./answer.ts";

/** A provider of a channel, and how it does. */
const ChannelView = z.object({
  name: z.string(),
  channel: ChannelName,
  adapter: z.string(),
  priority: z.int().meta({ description: "Of several providers of a channel the lowest is used first." }),
  intervalMs: z.number().meta({ description: "From one message to the next, over all workers." }),
  breaker: z.object({
    state: z.enum(["closed", "open", "half-open"]).meta({
      description:
        "closed: messages are sent. open: the provider did not answer, and rests. half-open: one message is on its way to find out.",
    }),
    failures: z.int().meta({ description: "In a row, while it is closed." }),
    restsUntil: Instant.nullable(),
  }),
  nextAt: Instant.nullable().meta({ description: "When the next message may leave; null: at once." }),
});
export type ChannelView = z.infer<typeof ChannelView>;

export const ChannelList = z.object({ items: z.array(ChannelView), cursor: z.null() }).meta({
  id: "ChannelList",
  example: {
    items: [
      {
        name: "mail",
        channel: "email",
        adapter: "ses",
        priority: 0,
        intervalMs: 100,
        breaker: { state: "closed", failures: 0, restsUntil: null },
        nextAt: null,
      },
    ],
    cursor: null,
  },
});
