import * as z from "zod";
import { Title } from "#events/definitions/fields.ts";
import { Instant } from "./answer.ts";
import { CalendarDay } from "./calendar-days.ts";

const Tier = z.object({
  tier: z.string(),
  title: Title.optional().meta({ description: "As the ladder says it; absent where it says none." }),
});

/** How many people stand on each tier of a ladder. */
export const LadderDistribution = z
  .object({
    ladder: z.string(),
    title: Title.optional(),
    tiers: z
      .array(
        Tier.extend({
          people: z.int(),
          atLeast: z.boolean().optional().meta({ description: "True: there are more, and counting stopped." }),
        }),
      )
      .meta({ description: "The best first, as the ladder lists them." }),
    people: z.int().meta({ description: "Of all tiers." }),
    exact: z.boolean().meta({
      description:
        "True: everyone was counted at `asOf`. False: nobody has been counted yet on all of these tiers, so this is read from the index of members just now.",
    }),
    asOf: Instant,
  })
  .meta({
    id: "LadderDistribution",
    example: {
      ladder: "value",
      title: { en: "Value", zh: "价值" },
      tiers: [
        { tier: "high", title: { en: "High", zh: "高" }, people: 868 },
        { tier: "low", title: { en: "Low", zh: "低" }, people: 3470 },
      ],
      people: 4338,
      exact: true,
      asOf: "2026-03-01T01:15:00.000Z",
    },
  });
export type LadderDistribution = z.infer<typeof LadderDistribution>;

/** How people moved between the tiers of a ladder over some days. */
export const LadderMigration = z
  .object({
    ladder: z.string(),
    title: Title.optional(),
    from: CalendarDay,
    to: CalendarDay,
    tiers: z
      .array(
        Tier.extend({
          in: z.int().meta({ description: "Moves onto this tier, newly entered people among them." }),
          out: z.int().meta({ description: "Moves off it." }),
          net: z.int(),
        }),
      )
      .meta({ description: "The best first; tiers that the ladder no longer has come last." }),
    moves: z
      .array(
        z.object({
          from: z.string().nullable().meta({ description: "Null: had no tier of this ladder before." }),
          to: z.string(),
          moves: z.int(),
        }),
      )
      .meta({ description: "The matrix, without its zeros. Somebody who went up and down again made two moves." }),
    uncountedDays: z.int().meta({ description: "Days of the range that no run has counted." }),
    exact: z.boolean().meta({ description: "False: a day was not counted, was not over, or not everything was kept." }),
    asOf: Instant.nullable().meta({ description: "When the newest of these figures was taken; null: there are none." }),
  })
  .meta({
    id: "LadderMigration",
    example: {
      ladder: "value",
      from: "2026-02-01",
      to: "2026-02-28",
      tiers: [
        { tier: "high", title: { en: "High", zh: "高" }, in: 41, out: 12, net: 29 },
        { tier: "low", title: { en: "Low", zh: "低" }, in: 112, out: 41, net: 71 },
      ],
      moves: [
        { from: null, to: "low", moves: 100 },
        { from: "high", to: "low", moves: 12 },
        { from: "low", to: "high", moves: 41 },
      ],
      uncountedDays: 0,
      exact: true,
      asOf: "2026-03-01T01:15:00.000Z",
    },
  });
export type LadderMigration = z.infer<typeof LadderMigration>;
