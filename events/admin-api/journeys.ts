import * as z from "zod";
import { Instant } from "./answer.ts";
import { CalendarDay } from "./calendar-days.ts";

const Count = z.int().nonnegative();

const Estimate = z.object({ value: z.number(), low: z.number(), high: z.number() });

/** People who walked one arm, and how many of them reached the goal. */
const ArmStats = z.object({
  people: Count,
  converted: Count,
  rate: z.number().nullable().meta({ description: "Null: nobody is in it." }),
  uplift: z.object({ absolute: Estimate, relative: Estimate.nullable() }).nullable().meta({
    description:
      "Over the holdout, with 95 % bounds that hold however often one looks. Null: there is no holdout to compare with.",
  }),
});
export type ArmStats = z.infer<typeof ArmStats>;

export const JourneyStats = z
  .object({
    journey: z.string(),
    version: z.int().nullable().meta({ description: "Null: every version." }),
    from: CalendarDay,
    to: CalendarDay,
    exact: z.boolean().meta({
      description:
        "False: time ran out, and the counts are those of `share` of all people, by a hash of the person; or `from` is before `keptFrom`, and runs of those days are missing.",
    }),
    share: z.number().meta({ description: "How much was looked at, at most 1." }),
    keptFrom: CalendarDay.meta({ description: "The first day of entry of which every run is still kept." }),
    asOf: Instant,
    runs: z.object({ entered: Count, heldOut: Count, live: Count, converted: Count }),
    outcomes: z
      .record(z.string(), Count)
      .meta({ description: "How runs ended: `goal`, `finished`, `exited exit_rule`…" }),
    steps: z.array(z.object({ path: z.string(), step: z.string(), entered: Count, waiting: Count, left: Count })),
    messages: z
      .array(
        z.object({
          path: z.string(),
          requested: Count,
          sent: Count,
          pending: Count.meta({ description: "In a queue, or waiting for an opening." }),
          unknown: Count,
          failed: z.record(z.string(), Count),
          stopped: z.record(z.string(), Count).meta({ description: "Not sent, by reason." }),
          channels: z
            .record(z.string(), z.object({ requested: Count, sent: Count }))
            .meta({ description: "By the channel that was chosen." }),
        }),
      )
      .meta({ description: "By send step; of the runs that were entered in these days." }),
    refused: z
      .object({
        exact: z.literal(false),
        reasons: z.array(
          z.object({
            reason: z.string().meta({
              description:
                "`journey_not_live`, `trigger_too_old`, `entry_rule`, `property_missing`, `too_many_runs`, `once`.",
            }),
            count: Count,
          }),
        ),
      })
      .meta({
        description:
          "Whom a trigger named and who did not enter, by the days of refusal; of every version. Counted as triggers come by: one that is delivered again counts again. The most frequent reason first.",
      }),
    goal: z
      .object({
        everyone: ArmStats.meta({ description: "All who were not held out." }),
        holdout: ArmStats,
        experiments: z.record(z.string(), z.record(z.string(), ArmStats)),
      })
      .nullable()
      .meta({ description: "Null: the journey has no goal. Each person counts once in an arm." }),
  })
  .meta({ id: "JourneyStats" });
export type JourneyStats = z.infer<typeof JourneyStats>;

export const PersonRun = z
  .object({
    runId: z.string(),
    journey: z.string(),
    version: z.int(),
    enteredAt: Instant,
    trigger: z.string().nullable().meta({ description: "The event that let the person in; null: it was none." }),
    arms: z.record(z.string(), z.string()),
    at: z
      .string()
      .nullable()
      .meta({ description: "The step that it stands before; null: it has ended.", example: "steps.1.waitFor" }),
    until: Instant.nullable().meta({ description: "When its wait ends at the latest." }),
    outcome: z.string().nullable().meta({ description: "Null: it lives." }),
    why: z.string().nullable(),
    endedAt: Instant.nullable(),
    convertedAt: Instant.nullable(),
  })
  .meta({ id: "PersonRun" });
export type PersonRun = z.infer<typeof PersonRun>;

export const PersonRuns = z
  .object({
    profileId: z.string(),
    items: z.array(PersonRun).meta({ description: "Those that live first, then the newest." }),
  })
  .meta({ id: "PersonRuns" });
export type PersonRuns = z.infer<typeof PersonRuns>;
