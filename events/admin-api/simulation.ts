import * as z from "zod";
import { DefinitionName } from "#events/definitions/fields.ts";
import { StepDuration } from "#events/definitions/journey/step-duration.ts";
import { Evidence } from "#events/fact.ts";
import { Message } from "#events/message.ts";
import { Instant } from "./answer.ts";
import { ChannelChoice } from "./channel-choice.ts";
import { DefinitionChange } from "./definitions.ts";
import { DEFAULT_SAMPLE, MAX_SAMPLE, PreviewFigure } from "./preview.ts";

const EventName = z.string().min(1).max(256);
const Properties = z.record(z.string(), z.unknown());
/** `2d` before the simulation begins. */
const Ago = StepDuration.meta({ description: "How long before the start: 30m, 6h, 2d." });

/** Somebody who does not exist. */
export const InventedPerson = z
  .strictObject({
    identifiers: z
      .record(z.string().min(1).max(64), z.string().min(1).max(512))
      .optional()
      .meta({ description: "One value by type.", example: { email: "ann@example.com" } }),
    traits: Properties.optional(),
    consent: z
      .record(
        z.string().regex(/^[\w-]{1,64}\.([\w-]{1,64}|\*)$/, "purpose.channel, such as marketing.email"),
        z.boolean(),
      )
      .optional()
      .meta({ example: { "marketing.email": true } }),
    orders: z
      .array(z.strictObject({ ago: Ago, revenue: z.number().min(0).optional(), properties: Properties.optional() }))
      .max(500)
      .optional(),
    events: z
      .array(z.strictObject({ event: EventName, ago: Ago, properties: Properties.optional() }))
      .max(500)
      .optional(),
    memberships: z
      .array(z.string().min(1).max(512))
      .max(100)
      .optional()
      .meta({ description: "Held whatever their rules say: `tag:vip`, `segment:win-back`, `tier:value=high`." }),
  })
  .meta({ id: "InventedPerson" });
export type InventedPerson = z.infer<typeof InventedPerson>;

/** Definitions that are assumed to be in force. */
export const assumedDefinitions = {
  definition: z
    .looseObject({ kind: z.literal("journey"), name: DefinitionName })
    .optional()
    .meta({
      description: "The journey as it would be, instead of the one in force.",
    }),
  changes: z.array(DefinitionChange).min(1).max(2_000).optional().meta({
    description: "Other definitions as they would be: its templates, its segment. Nothing is written.",
  }),
};

export const SimulationRequest = z
  .strictObject({
    ...assumedDefinitions,
    person: z
      .union([
        z.strictObject({ identifier: z.string().min(1).meta({ example: "email:ann@example.com" }) }),
        z.strictObject({ profileId: z.string().min(1) }),
        z.strictObject({ invented: InventedPerson }),
      ])
      .meta({ description: "A real person by an identifier or a profile id, or an invented one." }),
    trigger: z
      .strictObject({ event: EventName.optional(), properties: Properties.optional() })
      .optional()
      .meta({ description: "The event that lets the person in; left out, the one that the journey names." }),
    happenings: z
      .array(z.strictObject({ event: EventName, after: StepDuration, properties: Properties.optional() }))
      .max(100)
      .default([])
      .meta({ description: "What the person does on the way, counted from the start." }),
    start: Instant.optional().meta({ description: "When the trigger comes. Left out: now." }),
    arm: DefinitionName.optional().meta({ description: "Instead of the arm that the person would draw." }),
    ignoreHoldout: z.boolean().default(false).meta({ description: "Walk on even if the person is held out." }),
  })
  .refine(
    ({ definition, changes = [] }) =>
      !definition || !changes.some(({ kind, name }) => kind === "journey" && name === definition.name),
    {
      path: ["changes"],
      error: "the journey is given twice",
    },
  )
  .meta({
    id: "SimulationRequest",
    example: {
      person: { identifier: "email:ann@example.com" },
      trigger: { properties: { product_id: "p-1", price: 12.5 } },
      happenings: [{ event: "Order Completed", after: "2h" }],
      arm: "coupon",
    },
  });
export type SimulationRequest = z.input<typeof SimulationRequest>;

const CheckName = z.enum([
  "erased",
  "no_address",
  "suppressed",
  "no_consent",
  "control_group",
  "quiet_hours",
  "cap_reached",
]);

/** One check of the decision about a message, in the order in which they are made. */
export const SimulatedCheck = z
  .object({
    check: CheckName,
    result: z.enum(["passed", "stopped", "waits", "not_asked", "not_reached"]).meta({
      description: "`not_asked`: it does not concern this category. `not_reached`: one before it has decided.",
    }),
    seen: z.unknown().meta({ description: "The values that it saw." }),
  })
  .meta({ id: "SimulatedCheck" });
export type SimulatedCheck = z.infer<typeof SimulatedCheck>;

const Because = z.array(Evidence);
const step = {
  at: Instant,
  path: z.string().meta({ description: "Where the step stands in the journey: `steps.1.send`." }),
};

const SimulatedSend = z.object({
  kind: z.literal("send"),
  ...step,
  touchId: z.string(),
  template: z.string(),
  category: z.enum(["marketing", "transactional"]),
  channels: z.array(z.object({ channel: z.string(), chosen: z.boolean(), result: z.string() })).meta({
    description:
      "Those that the step allows, in their order, and what was decided about each; after a wait the one that was chosen before it.",
  }),
  channel: z.string(),
  choice: ChannelChoice.nullable().meta({
    description: "Why this one of several channels, as it would be stored; null: the step allows no other.",
  }),
  address: z.string().nullable(),
  checks: z.array(SimulatedCheck),
  result: z.enum(["sent", "stopped", "waits", "failed"]).meta({
    description: "`sent`: it would go to the provider now. `waits`: it comes again at `until`.",
  }),
  reason: z.string().nullable(),
  until: Instant.nullable(),
  locale: z.string().nullable(),
  message: Message.nullable().meta({
    description: "As rendered; null where it is not sent now, or cannot be rendered.",
  }),
  faults: z.array(z.object({ code: z.string(), field: z.string(), message: z.string() })),
});
export type SimulatedSend = z.infer<typeof SimulatedSend>;

/** What happens at one virtual instant. */
export const SimulatedStep = z
  .discriminatedUnion("kind", [
    z.object({
      kind: z.literal("entry"),
      at: Instant,
      result: z.enum(["entered", "refused", "held_out"]),
      reason: z.string().nullable(),
      trigger: z.string().meta({ description: "What lets people in, in words." }),
      holdout: z.object({ share: z.number(), drawn: z.boolean() }),
      because: Because.meta({ description: "What the entry rule saw." }),
    }),
    z.object({ kind: z.literal("event"), at: Instant, event: z.string(), heard: z.boolean(), properties: Properties }),
    z.object({
      kind: z.literal("wait"),
      ...step,
      for: z.enum(["time", "event"]),
      event: z.string().nullable(),
      until: Instant,
    }),
    z.object({
      kind: z.literal("waited"),
      ...step,
      ended: z.enum(["time", "event", "timeout"]),
      event: z.string().nullable(),
    }),
    z.object({
      kind: z.literal("split"),
      ...step,
      experiment: z.string(),
      arm: z.string(),
      own: z.string().meta({ description: "The arm that the person draws in every journey of the experiment." }),
      forced: z.boolean(),
      arms: z.record(z.string(), z.number()).meta({ description: "The share of each arm." }),
    }),
    z.object({
      kind: z.literal("branch"),
      ...step,
      chosen: z.int().nullable().meta({ description: "The case by its place; null: else, or none." }),
      cases: z.array(z.object({ holds: z.boolean(), arms: z.array(z.string()).optional(), because: Because })),
    }),
    SimulatedSend,
    z.object({ kind: z.literal("tag"), ...step, tag: z.string(), on: z.boolean() }),
    z.object({ kind: z.literal("goal"), at: Instant, event: z.string() }),
    z.object({ kind: z.literal("end"), at: Instant, outcome: z.string(), why: z.string().nullable() }),
  ])
  .meta({ id: "SimulatedStep" });
export type SimulatedStep = z.infer<typeof SimulatedStep>;

const Note = z.object({ code: z.string(), message: z.string() });

export const SimulationAnswer = z
  .object({
    journey: z.string(),
    version: z.int().nullable().meta({ description: "Null: it is not in force." }),
    profileId: z.string(),
    identifier: z.string().nullable(),
    invented: z.boolean(),
    timeZone: z.string().meta({ description: "The person's zone, else the project's." }),
    start: Instant,
    steps: z.array(SimulatedStep),
    outcome: z.string().nullable().meta({ description: "Null: it still lives where the simulation ends." }),
    converted: z.boolean(),
    notes: z.array(Note),
  })
  .meta({ id: "SimulationAnswer" });
export type SimulationAnswer = z.infer<typeof SimulationAnswer>;

export const DryRunRequest = z
  .strictObject({
    ...assumedDefinitions,
    audience: z.string().min(1).max(512).optional().meta({
      description: "Whom to ask about, a membership key. Left out: the segment that the trigger names.",
      example: "segment:newsletter",
    }),
    start: Instant.optional().meta({
      description: "When the trigger comes. Left out: the campaign's instant, else now.",
    }),
    sample: z
      .union([z.int().min(100).max(MAX_SAMPLE), z.literal("all")], {
        error: `a whole number from 100 to ${MAX_SAMPLE}, or "all"`,
      })
      .default(DEFAULT_SAMPLE)
      .meta({ description: "How many people to draw where the audience has more than 10,000, or `all`." }),
  })
  .meta({ id: "DryRunRequest", example: { audience: "segment:newsletter" } });
export type DryRunRequest = z.input<typeof DryRunRequest>;

const AudienceExample = z.object({
  profileId: z.string(),
  identifier: z.string().nullable().meta({ example: "userId:12583" }),
  at: Instant.nullable().meta({ description: "When the first message would leave." }),
  channel: z.string().nullable(),
});

const Group = z.object({ people: PreviewFigure, examples: z.array(AudienceExample) });

export const DryRunAnswer = z
  .object({
    journey: z.string(),
    version: z.int().nullable(),
    audience: z.string(),
    start: Instant,
    members: PreviewFigure,
    recipients: Group.extend({
      byChannel: z.record(z.string(), PreviewFigure),
      later: z.record(z.string(), PreviewFigure).meta({
        description: "Those who get it only after the quiet hours or when a cap has room, by why.",
      }),
    }),
    nonRecipients: z.array(Group.extend({ reason: z.string() })).meta({ description: "The largest group first." }),
    complete: z.boolean().meta({ description: "True: every member was looked at, and every figure is exact." }),
    confidence: z.literal(0.95),
    notes: z.array(Note),
  })
  .meta({ id: "DryRunAnswer" });
export type DryRunAnswer = z.infer<typeof DryRunAnswer>;
