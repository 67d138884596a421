import * as z from "zod";
import { Instant, pageOf } from "./answer.ts";
import { StartedRun } from "./retier.ts";

/** Every kind of definition. */
export { DefinitionKind } from "#events/definitions/index.ts";
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
    "A SourceDefinition, SettingDefinition, TraitDefinition, TagDefinition, SegmentDefinition, LadderDefinition, TemplateDefinition, ChannelDefinition or JourneyDefinition. `kind` and `name` may be left out where the path says them.",
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
    retier: StartedRun.optional().meta({ description: "The run that evaluates everyone by what changed." }),
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

/** A version of the definitions, as the log has it. */
export const DefinitionVersion = z
  .object({
    version: z.int(),
    at: Instant.nullable().meta({ description: "Null: not written down, as by the runtime itself." }),
    by: z.string().nullable().meta({ description: "The name of the token, or of the run that found thresholds." }),
    changes: z.array(z.string()).meta({ description: "The definitions that changed: `tag/frequent-buyer`." }),
    reason: z.string().nullable(),
  })
  .meta({ id: "DefinitionVersion" });
export type DefinitionVersion = z.infer<typeof DefinitionVersion>;

export const DefinitionVersionPage = pageOf(DefinitionVersion).meta({
  id: "DefinitionVersionPage",
  example: {
    items: [{ version: 8, at: "2026-03-01T09:30:00.000Z", by: "maria", changes: ["tag/frequent-buyer"], reason: null }],
    cursor: null,
  },
});
export type DefinitionVersionPage = z.infer<typeof DefinitionVersionPage>;

export const RollbackRequest = z
  .strictObject({
    version: z.int().min(0).meta({ description: "The version to go back to; 0: no definitions." }),
    sources: z.boolean().default(false).meta({
      description: "Remove the sources that were made since too, so that their write keys are refused.",
    }),
    dryRun: z.boolean().default(false).meta({ description: "Answers what would change and changes nothing." }),
  })
  .meta({ id: "RollbackRequest", example: { version: 7, sources: false, dryRun: true } });
export type RollbackRequest = z.input<typeof RollbackRequest>;

export const RollbackAnswer = ApplyAnswer.extend({
  to: z.int().meta({ description: "The version that it equals now, sources and their keys aside." }),
  sources: z
    .object({
      kept: z.array(z.string()).meta({ description: "Made since, and left alone." }),
      removed: z.array(z.string()).meta({ description: "Made since, and removed because you asked for it." }),
      restored: z.array(z.string()).meta({ description: "Removed since: there again, with the key that they had." }),
      rotated: z.array(z.string()).meta({ description: "Given a new key since: that one stays." }),
    })
    .meta({ description: "Names of sources: their write keys are in clients that no rollback reaches." }),
}).meta({
  id: "RollbackAnswer",
  example: {
    version: 9,
    to: 7,
    dryRun: false,
    changed: true,
    changes: [{ kind: "tag", name: "frequent-buyer", op: "replace" }],
    sources: { kept: ["kiosk"], removed: [], restored: [], rotated: [] },
  },
});
export type RollbackAnswer = z.infer<typeof RollbackAnswer>;
