import * as z from "zod";
import { Evidence } from "#events/fact.ts";
import { Instant } from "./answer.ts";
import { DefinitionChange, DefinitionDiff } from "./definitions.ts";

export const DEFAULT_SAMPLE = 10_000;
export const MAX_SAMPLE = 100_000;
/** Into how many parts everyone may be divided. */
export const MAX_PARTS = 65_536;

export const PreviewRequest = z
  .strictObject({
    definition: z.looseObject({ kind: z.string(), name: z.string() }).optional().meta({
      description: "One definition to create or replace, with its `kind` and `name`.",
    }),
    changes: z.array(DefinitionChange).min(1).max(2_000).optional().meta({ description: "Or a whole change set." }),
    sample: z
      .union([z.int().min(100).max(MAX_SAMPLE), z.literal("all")], {
        error: `a whole number from 100 to ${MAX_SAMPLE}, or "all"`,
      })
      .default(DEFAULT_SAMPLE)
      .meta({ description: "How many people to look at, drawn at random, or `all`." }),
    part: z
      .strictObject({ index: z.int().min(0), of: z.int().min(1).max(MAX_PARTS) })
      .optional()
      .meta({
        description:
          "With `all`, where everyone is too many for one request: one of so many parts. Its figures are exact for its people, and those of all parts add up to everyone's.",
      }),
  })
  .refine(({ part, sample }) => part === undefined || (sample === "all" && part.index < part.of), {
    path: ["part"],
    error: "a part goes with sample: all, and its index is below of",
  })
  .refine(({ definition, changes }) => (definition === undefined) !== (changes === undefined), {
    error: "either a definition or changes",
  })
  .meta({
    id: "PreviewRequest",
    example: {
      definition: { kind: "tag", name: "frequent-buyer", rule: { did: { event: "Order Completed", within: "30d" } } },
      sample: 10_000,
    },
  });
export type PreviewRequest = z.input<typeof PreviewRequest>;

/** A number of people in the whole population. */
export const PreviewFigure = z
  .object({
    seen: z.int().meta({ description: "How many of those looked at." }),
    people: z.int().meta({ description: "Scaled to everyone." }),
    low: z.int().meta({ description: "With `high`: where the number lies in at least 95 of 100 samples." }),
    high: z.int(),
  })
  .meta({ id: "PreviewFigure" });
export type PreviewFigure = z.infer<typeof PreviewFigure>;

const Key = z.string().nullable().meta({ description: "A membership key; null: in none." });

/** One of those who would change, and why. */
export const PreviewExample = z
  .object({
    profileId: z.string(),
    identifier: z.string().nullable().meta({ example: "userId:12583" }),
    from: Key,
    to: Key,
    because: z.array(Evidence).meta({ description: "What the new answer rests on." }),
  })
  .meta({ id: "PreviewExample" });
export type PreviewExample = z.infer<typeof PreviewExample>;

/** What becomes of the people of one tag, segment or ladder. */
export const PreviewedDefinition = z
  .object({
    kind: z.enum(["tag", "segment", "ladder"]),
    name: z.string(),
    op: z.enum(["create", "replace", "remove", "depends"]).meta({
      description: "`depends`: it stays as it is, and rests on something that changes.",
    }),
    through: z.array(z.string()).meta({ description: "What it names that changes, or that depends on a change." }),
    before: PreviewFigure,
    after: PreviewFigure,
    enter: PreviewFigure,
    leave: PreviewFigure,
    move: PreviewFigure.meta({ description: "From one tier, or one value, to another." }),
    matrix: z
      .object({
        tiers: z.array(z.string().nullable()).meta({ description: "The best first; null: on no tier." }),
        people: z
          .array(z.array(PreviewFigure))
          .meta({ description: "A row for where people stand, a column for where they would; of each tier one." }),
      })
      .optional()
      .meta({ description: "Ladders only." }),
    examples: z.object({
      enter: z.array(PreviewExample),
      leave: z.array(PreviewExample),
      move: z.array(PreviewExample),
    }),
  })
  .meta({ id: "PreviewedDefinition" });
export type PreviewedDefinition = z.infer<typeof PreviewedDefinition>;

export const PreviewAnswer = z
  .object({
    version: z.int().meta({ description: "The version in force, which the change is compared with." }),
    at: Instant,
    changes: z.array(DefinitionDiff),
    population: z
      .object({ seen: z.int(), people: z.int(), low: z.int(), high: z.int() })
      .meta({ description: "Everybody: counted, or estimated from the part that was looked at." }),
    complete: z.boolean().meta({ description: "True: everyone was looked at, and every figure is exact." }),
    confidence: z.literal(0.95),
    definitions: z.array(PreviewedDefinition),
    notes: z.array(z.object({ code: z.string(), message: z.string() })).meta({
      description: "What the figures rest on: a sample, a time that ran out, quantiles of the sample, cut logs.",
    }),
  })
  .meta({
    id: "PreviewAnswer",
    example: {
      version: 7,
      at: "2026-03-01T09:30:00.000Z",
      changes: [{ kind: "tag", name: "frequent-buyer", op: "replace" }],
      population: { seen: 10_112, people: 2_104_000, low: 2_063_400, high: 2_145_400 },
      complete: false,
      confidence: 0.95,
      definitions: [
        {
          kind: "tag",
          name: "frequent-buyer",
          op: "replace",
          through: [],
          before: { seen: 412, people: 85_724, low: 76_500, high: 96_100 },
          after: { seen: 530, people: 110_276, low: 99_600, high: 122_200 },
          enter: { seen: 118, people: 24_552, low: 20_100, high: 30_000 },
          leave: { seen: 0, people: 0, low: 0, high: 800 },
          move: { seen: 0, people: 0, low: 0, high: 800 },
          examples: {
            enter: [
              {
                profileId: "p_7c4qk2m9x0v3d8s1t6b5n4h2aa",
                identifier: "userId:12583",
                from: null,
                to: "tag:frequent-buyer",
                because: [{ path: "did", holds: true, seen: 3, wants: { atLeast: 3 } }],
              },
            ],
            leave: [],
            move: [],
          },
        },
      ],
      notes: [{ code: "sampled", message: "10,112 of about 2,104,000 people were looked at" }],
    },
  });
export type PreviewAnswer = z.infer<typeof PreviewAnswer>;
