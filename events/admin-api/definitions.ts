import * as z from "zod";
import { pageOf } from "./answer.ts";

/** The kinds of definitions.md. A kind that this version cannot compile yet is refused when it is written. */
export const DefinitionKind = z.enum([
  "source",
  "setting",
  "trait",
  "tag",
  "segment",
  "ladder",
  "journey",
  "template",
  "channel",
]);
/** A trait's name is the trait's own; every other kind's is small letters, digits and dashes. Writing checks which. */
export const DefinitionName = z.string().min(1).max(64).meta({ example: "frequent-buyer" });

const tagExample = {
  kind: "tag",
  name: "frequent-buyer",
  title: { en: "Frequent buyer", zh: "高频买家" },
  rule: { did: { event: "Order Completed", within: "30d", atLeast: 3 } },
};

/** A definition as its author writes it. What each kind asks for is in events/definitions. */
export const DefinitionBody = z.record(z.string(), z.unknown()).meta({
  id: "DefinitionBody",
  description:
    "A SourceDefinition, SettingDefinition, TraitDefinition, TagDefinition, SegmentDefinition or LadderDefinition. `kind` and `name` may be left out where the path says them.",
  example: tagExample,
});

/** A definition in force, or as it was at an earlier version. */
export const DefinitionAnswer = z
  .object({
    kind: z.string(),
    name: z.string(),
    version: z.int().meta({ description: "The version at which it last changed: send it as If-Match to replace it." }),
    definition: z.unknown(),
    writeKey: z.string().optional().meta({ description: "Only when a source's key was just made; never shown again." }),
  })
  .meta({
    id: "Definition",
    example: { kind: "tag", name: "frequent-buyer", version: 7, definition: tagExample },
  });
export type DefinitionAnswer = z.infer<typeof DefinitionAnswer>;

export const DefinitionPage = pageOf(DefinitionAnswer).meta({ id: "DefinitionPage" });
export type DefinitionPage = z.infer<typeof DefinitionPage>;

/** One change of a change set. */
export const DefinitionChange = z
  .discriminatedUnion("op", [
    z.strictObject({ op: z.literal("put"), kind: z.string(), name: z.string(), definition: z.unknown() }),
    z.strictObject({ op: z.literal("remove"), kind: z.string(), name: z.string() }),
  ])
  .meta({ id: "DefinitionChange" });
export type DefinitionChange = z.infer<typeof DefinitionChange>;

export const ApplyRequest = z
  .strictObject({
    changes: z.array(DefinitionChange).max(2_000),
    dryRun: z.boolean().default(false).meta({ description: "Answers what would change and changes nothing." }),
  })
  .meta({
    id: "ApplyRequest",
    example: {
      changes: [
        { op: "put", kind: "tag", name: "frequent-buyer", definition: tagExample },
        { op: "remove", kind: "tag", name: "old-campaign" },
      ],
      dryRun: true,
    },
  });
export type ApplyRequest = z.infer<typeof ApplyRequest>;

/** What became, or would become, of one change. */
export const DefinitionDiff = z
  .object({
    kind: z.string(),
    name: z.string(),
    op: z.enum(["create", "replace", "remove", "unchanged"]),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    writeKey: z.string().optional().meta({ description: "The key of a source just made; never shown again." }),
  })
  .meta({ id: "DefinitionDiff" });
export type DefinitionDiff = z.infer<typeof DefinitionDiff>;

export const ApplyAnswer = z
  .object({
    version: z.int().meta({ description: "The version in force afterwards." }),
    dryRun: z.boolean(),
    changed: z.boolean().meta({ description: "False: all was so already and nothing was written." }),
    changes: z.array(DefinitionDiff),
  })
  .meta({
    id: "ApplyAnswer",
    example: {
      version: 8,
      dryRun: false,
      changed: true,
      changes: [
        { kind: "tag", name: "frequent-buyer", op: "create", after: tagExample },
        { kind: "tag", name: "old-campaign", op: "unchanged" },
      ],
    },
  });
export type ApplyAnswer = z.infer<typeof ApplyAnswer>;

/** A source's new write key. */
export const RotatedKey = z
  .object({
    kind: z.literal("source"),
    name: z.string(),
    version: z.int(),
    writeKey: z.string().meta({ description: "Shown once. The key before it is refused within a minute." }),
  })
  .meta({
    id: "RotatedKey",
    example: { kind: "source", name: "web", version: 9, writeKey: "wk_q8Zt1Yw2mX5r7B0dK4uVnC6e" },
  });
export type RotatedKey = z.infer<typeof RotatedKey>;

/** What removing a definition answers. */
export const RemovedDefinition = z
  .object({ kind: z.string(), name: z.string(), version: z.int().meta({ description: "The version in force now." }) })
  .meta({ id: "RemovedDefinition", example: { kind: "tag", name: "old-campaign", version: 10 } });
