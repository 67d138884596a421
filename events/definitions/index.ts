import * as z from "zod";
import { ChannelDefinition } from "./channel.ts";
import { JourneyDefinition } from "./journey.ts";
import { LadderDefinition } from "./ladder.ts";
import { SegmentDefinition } from "./segment.ts";
import { SettingDefinition } from "./setting.ts";
import { SourceDefinition } from "./source.ts";
import { TagDefinition } from "./tag.ts";
import { TemplateDefinition } from "./template.ts";
import { TraitDefinition } from "./trait.ts";

export {
  ChannelDefinition,
  JourneyDefinition,
  LadderDefinition,
  SegmentDefinition,
  SettingDefinition,
  SourceDefinition,
  TagDefinition,
  TemplateDefinition,
  TraitDefinition,
};

/** What operators write: one object per definition, told apart by `kind`. */
export const Definition = z.discriminatedUnion("kind", [
  SourceDefinition,
  SettingDefinition,
  TraitDefinition,
  TagDefinition,
  SegmentDefinition,
  LadderDefinition,
  TemplateDefinition,
  ChannelDefinition,
  JourneyDefinition,
]);
export type Definition = z.infer<typeof Definition>;

export const DefinitionKind = z.enum([
  "source",
  "setting",
  "trait",
  "tag",
  "segment",
  "ladder",
  "template",
  "channel",
  "journey",
]);
export type DefinitionKind = z.infer<typeof DefinitionKind>;
