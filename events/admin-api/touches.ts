import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";
import { ChannelChoice } from "./channel-choice.ts";

/** A message that a journey asked for, sent or not, and why not. */
const TouchView = z.object({
  touchId: z.string(),
  journey: z.string(),
  path: z.string().meta({ description: "The step that asked for it: `steps.2.send`." }),
  channel: z.string(),
  choice: ChannelChoice.nullable().meta({
    description: "Why this one of several channels; null: the step allows no other.",
  }),
  template: z.string(),
  category: z.enum(["marketing", "transactional"]),
  state: z.enum(["requested", "waiting", "claimed", "sent", "failed", "stopped", "unknown"]),
  reason: z.string().nullable().meta({ description: "Why it stopped, failed or waits: a code." }),
  arms: z.record(z.string(), z.string()),
  attempt: z.int().meta({ description: "Calls of the provider so far." }),
  provider: z.string().nullable(),
  requestedAt: Instant,
  changedAt: Instant,
  waitUntil: Instant.nullable(),
});
export type TouchView = z.infer<typeof TouchView>;

export const TouchPage = pageOf(TouchView).meta({
  id: "TouchPage",
  example: {
    items: [
      {
        touchId: "q4zK1v0r7Yw3mXhT9bLcD2eFgA",
        journey: "cart-rescue",
        path: "steps.2.send",
        channel: "email",
        choice: {
          because: "none_possible",
          considered: [
            { channel: "email", passedOver: "no_consent" },
            { channel: "sms", passedOver: "no_address" },
          ],
        },
        template: "cart-rescue",
        category: "marketing",
        state: "stopped",
        reason: "no_consent",
        arms: { "rescue-offer": "coupon" },
        attempt: 0,
        provider: null,
        requestedAt: "2026-03-01T09:30:00.000Z",
        changedAt: "2026-03-01T09:30:00.000Z",
        waitUntil: null,
      },
    ],
    cursor: null,
  },
});
