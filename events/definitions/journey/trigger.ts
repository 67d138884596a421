import * as z from "zod";
import { Duration } from "../../duration.ts";
import { DefinitionName } from "../fields.ts";
import { EventName, eventMatch } from "./event-match.ts";

const AudienceKey = z.string().regex(/^(segment|tag):[a-z][a-z0-9-]{0,63}(=.{1,256})?$/, "segment:name or tag:name");
export const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 09:00");
const ZoneName = z.string().min(1).max(64);

const Schedule = z
  .strictObject({
    /** Minute, hour, day of month, month, day of week. */
    cron: z.string().max(256).optional(),
    /** One instant: a campaign. */
    at: z.iso.datetime({ offset: true }).optional(),
    /** The cron's zone; the project's unless said. */
    zone: ZoneName.optional(),
    segment: DefinitionName,
  })
  .refine(({ cron, at }) => (cron === undefined) !== (at === undefined), {
    error: "either cron or at",
    params: { code: "schedule_cron_or_at" },
  });

/** What lets a person in (definitions.md, Journey triggers): exactly one key. */
export const Trigger = z
  .strictObject({
    event: z.union([EventName, z.strictObject({ name: EventName, where: eventMatch.where })]).optional(),
    enters: AudienceKey.optional(),
    leaves: AudienceKey.optional(),
    tier: z
      .strictObject({ ladder: DefinitionName, from: DefinitionName.optional(), to: DefinitionName.optional() })
      .optional(),
    anniversary: z
      .strictObject({ trait: z.string().min(1).max(256), before: Duration.optional(), at: TimeOfDay.optional() })
      .optional(),
    schedule: Schedule.optional(),
  })
  .refine((trigger) => Object.keys(trigger).length === 1, {
    error: "one trigger only: event, enters, leaves, tier, anniversary or schedule",
    params: { code: "trigger_one_key" },
  });
export type Trigger = z.infer<typeof Trigger>;
