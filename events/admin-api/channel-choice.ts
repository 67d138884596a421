import * as z from "zod";

/** Which of the several channels of a send step a message takes, and why: stored with the touch when it is asked for. */
export const ChannelChoice = z
  .object({
    because: z.enum(["first_possible", "best_open_rate", "equal_open_rates", "only_possible", "none_possible"]).meta({
      description:
        "`first_possible`: the first, in the step's order, that the person can be reached by. With `prefer: person` — `best_open_rate`: whose messages the person opens most; `equal_open_rates`: several are equal in that, and it is the first of them; `only_possible`: there was one. `none_possible`: the first, and it is not sent.",
    }),
    considered: z
      .array(
        z.object({
          channel: z.string(),
          passedOver: z.string().optional().meta({
            description:
              "Why it was not taken: what stops a message there (`no_address`, `suppressed`, `no_consent`…), `lower_open_rate`, or `later_in_order`. Left out: it was taken.",
          }),
          sent: z.int().nonnegative().optional().meta({
            description: "With `prefer: person`: the messages that count, at most the last 64 of the 90 days before.",
          }),
          opened: z.int().nonnegative().optional().meta({ description: "How many of them the person opened." }),
        }),
      )
      .meta({ description: "In the step's order." }),
  })
  .meta({ id: "ChannelChoice" });
export type ChannelChoice = z.infer<typeof ChannelChoice>;
