import type { ChannelName, TemplateContent } from "#events/definitions/template.ts";
import type { Escaping } from "./engine.ts";

/** Every field of Liquid that a content has, with its source and how its values are escaped: `data.first` for one of the
 *  fields of WeChat. */
export function fieldsOf(
  channel: ChannelName | "partial",
  { data = {}, ...texts }: TemplateContent,
): { field: string; source: string; escaping: Escaping }[] {
  return [
    ...Object.entries(texts).flatMap(([field, source]) =>
      source === undefined ? [] : [{ field, source, escaping: escapingOf(channel, field) }],
    ),
    ...Object.entries(data).map(([name, source]) => ({ field: `data.${name}`, source, escaping: "text" as const })),
  ];
}

function escapingOf(channel: ChannelName | "partial", field: string): Escaping {
  if (field !== "body") return "text";
  if (channel === "webhook") return "json";
  return channel === "email" ? "html" : "text";
}
