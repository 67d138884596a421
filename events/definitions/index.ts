import * as z from "zod";
import { LadderDefinition } from "./ladder.ts";
import { SegmentDefinition } from "./segment.ts";
import { SettingDefinition } from "./setting.ts";
import { SourceDefinition } from "./source.ts";
import { TagDefinition } from "./tag.ts";
import { TraitDefinition } from "./trait.ts";

export { LadderDefinition, SegmentDefinition, SettingDefinition, SourceDefinition, TagDefinition, TraitDefinition };

/** What operators write: one object per definition, told apart by `kind`. */
export const Definition = z.discriminatedUnion("kind", [
  SourceDefinition,
  SettingDefinition,
  TraitDefinition,
  TagDefinition,
  SegmentDefinition,
  LadderDefinition,
]);
export type Definition = z.infer<typeof Definition>;

export const DefinitionKind = z.enum(["source", "setting", "trait", "tag", "segment", "ladder"]);
export type DefinitionKind = z.infer<typeof DefinitionKind>;
