import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";
import { CalendarDay } from "./calendar-days.ts";

const MetricUnit = z
  .enum(["people", "orders", "money", "rate", "days", "moves"])
  .meta({ description: "`money`: minor units of the project's currency. `rate`: a part of one." });
export type MetricUnit = z.infer<typeof MetricUnit>;

/** What there is to measure. */
export const MetricPage = pageOf(
  z.object({
    metric: z.string(),
    unit: MetricUnit,
    definition: z.string(),
    by: z.array(z.string()).meta({ description: "What it can be had by; the first where nothing is asked for." }),
  }),
).meta({
  id: "MetricPage",
  example: {
    items: [
      { metric: "buyers", unit: "people", definition: "People with at least one order.", by: ["everyone", "tier"] },
    ],
    cursor: null,
  },
});
export type MetricPage = z.infer<typeof MetricPage>;

/** One figure of one day. */
const MetricFigure = z.object({
  day: CalendarDay,
  dimension: z.string().nullable().meta({ description: "`tier:value=high`, `D7`, `tag:vip`; null: of everyone." }),
  value: z.number(),
  base: z.number().optional().meta({ description: "Of a rate or a mean: how many it is of." }),
  exact: z.boolean().meta({ description: "False: the day was not over, or something could no longer be counted." }),
  at: Instant.meta({ description: "When the run that counted it began." }),
});
export type MetricFigure = z.infer<typeof MetricFigure>;

/** A page of a metric's figures, by day and then by dimension. */
export const MetricSeries = pageOf(MetricFigure)
  .extend({
    metric: z.string(),
    unit: MetricUnit,
    currency: z.string().nullable().meta({ description: "Null: it is no money." }),
    by: z.string(),
    from: CalendarDay,
    to: CalendarDay,
  })
  .meta({
    id: "MetricSeries",
    description: "A day that no run has counted has no figure.",
    example: {
      metric: "daily-revenue",
      unit: "money",
      currency: "GBP",
      by: "everyone",
      from: "2026-02-28",
      to: "2026-02-28",
      items: [{ day: "2026-02-28", dimension: null, value: 2910450, exact: true, at: "2026-03-01T01:15:00.000Z" }],
      cursor: null,
    },
  });
export type MetricSeries = z.infer<typeof MetricSeries>;
