import * as z from "zod";
import { Rule } from "../rule.ts";
import { commonFields, Percent } from "./fields.ts";
import { eventMatch } from "./journey/event-match.ts";
import { StepDuration } from "./journey/step-duration.ts";
import { Steps } from "./journey/steps.ts";
import { Trigger } from "./journey/trigger.ts";

/** How often a person may enter: once ever, once in a time, or once for each value of a property of the trigger. */
const Once = z.union([
  z.literal("ever"),
  z.strictObject({ per: StepDuration }),
  z.strictObject({ property: z.string().min(1).max(256) }),
]);

/** A plan that people walk through (model.md §6). */
export const JourneyDefinition = z
  .strictObject({
    kind: z.literal("journey"),
    ...commonFields,
    /** `paused`: nobody enters, live runs stand still. `stopped`: nobody enters, live runs end. Default: live. */
    state: z.enum(["live", "paused", "stopped"]).optional(),
    trigger: Trigger,
    entry: z.strictObject({ when: Rule.optional(), once: Once.optional() }).optional(),
    /** The share of those who enter that is left alone, for comparison. */
    holdout: Percent.optional(),
    /** What the journey is for: it ends the run, and is counted for those held out too. */
    goal: z.strictObject({ ...eventMatch, within: StepDuration.optional() }).optional(),
    exit: z.strictObject({ when: Rule }).optional(),
    steps: Steps,
  })
  .meta({ id: "JourneyDefinition" });
export type JourneyDefinition = z.infer<typeof JourneyDefinition>;
