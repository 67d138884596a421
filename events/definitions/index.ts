import * as z from "zod";
import { SettingDefinition } from "./setting.ts";
import { SourceDefinition } from "./source.ts";
import { TagDefinition } from "./tag.ts";
import { TraitDefinition } from "./trait.ts";

export { SettingDefinition, SourceDefinition, TagDefinition, TraitDefinition };

/** What operators write: one object per definition, told apart by `kind`. */
export const Definition = z.discriminatedUnion("kind", [
  SourceDefinition,
  SettingDefinition,
  TraitDefinition,
  TagDefinition,
]);
export type Definition = z.infer<typeof Definition>;

export const DefinitionKind = z.enum(["source", "setting", "trait", "tag"]);
export type DefinitionKind = z.infer<typeof DefinitionKind>;
